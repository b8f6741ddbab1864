import Glibc

extension Files {
  /// Writes a whole file. A reader sees the old bytes or the new ones: they are written beside the file, which is then replaced.
  ///
  /// A device or a pipe gets the bytes directly, and of a symbolic link the target is replaced.
  public static func replace(_ path: String, with bytes: [UInt8]) throws(FileProblem) {
    if isDevice(path) { return try write(bytes, to: path, flags: O_WRONLY) }
    let target = resolved(path)
    let temporary = "\(target).\(getpid()).new"
    do throws(FileProblem) {
      try write(bytes, to: temporary, flags: O_WRONLY | O_CREAT | O_EXCL)
      var existing = stat()
      if stat(target, &existing) == 0 { chmod(temporary, existing.st_mode & 0o777) }
      guard rename(temporary, target) == 0 else { throw FileProblem(reason: String(cString: strerror(errno))) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Throws where `replace` could not write, before there is something to write.
  public static func requireReplaceable(_ path: String) throws(FileProblem) {
    var existing = stat()
    if stat(path, &existing) == 0, existing.st_mode & S_IFMT == S_IFDIR {
      throw FileProblem(reason: "it is a directory")
    }
    let target = resolved(path)
    let place = isDevice(path) ? path : target.lastIndex(of: "/").map { String(target[...$0]) } ?? "."
    guard access(place, W_OK) == 0 else { throw FileProblem(reason: String(cString: strerror(errno))) }
  }

  private static func isDevice(_ path: String) -> Bool {
    var existing = stat()
    return stat(path, &existing) == 0 && existing.st_mode & S_IFMT != S_IFREG && existing.st_mode & S_IFMT != S_IFDIR
  }

  /// The path without symbolic links; the path itself where there is no such file.
  private static func resolved(_ path: String) -> String {
    guard let found = realpath(path, nil) else { return path }
    defer { free(found) }
    return String(cString: found)
  }

  private static func write(_ bytes: [UInt8], to path: String, flags: Int32) throws(FileProblem) {
    let descriptor = open(path, flags | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileProblem(reason: String(cString: strerror(errno))) }
    var rest = bytes[...]
    var problem: Int32 = 0
    while !rest.isEmpty, problem == 0 {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 { rest = rest.dropFirst(count) } else if errno != EINTR { problem = errno }
    }
    // A full disk of a network may be reported only here.
    if close(descriptor) != 0, problem == 0 { problem = errno }
    if problem != 0 { throw FileProblem(reason: String(cString: strerror(problem))) }
  }
}
