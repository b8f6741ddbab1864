import Glibc

/// Finds the servers' programs on this machine.
enum Programs {
  /// The first executable file of this name in the PATH-like list, then in the places where servers usually are.
  static func find(_ name: String, path: String) -> String? {
    let directories = path.split(separator: ":").map(String.init) + ["/usr/local/bin", "/usr/bin", "/usr/sbin"]
    return directories.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 && !isDirectory($0) }
  }

  /// The directory of PostgreSQL's server programs: Debian's newest, then what the PATH holds.
  static func postgresDirectory(path: String) -> String? {
    let debian = entries(of: "/usr/lib/postgresql").compactMap { Int($0) }.sorted(by: >)
      .map { "/usr/lib/postgresql/\($0)/bin" }
    let redHat = ["/usr/pgsql/bin"]
    return (debian + redHat + path.split(separator: ":").map(String.init))
      .first { access("\($0)/initdb", X_OK) == 0 && access("\($0)/postgres", X_OK) == 0 }
  }
}
