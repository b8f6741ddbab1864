import Glibc
import Testing

@testable import Sandbox

@Suite("finding servers' programs")
struct ProgramsTests {
  private func make(_ path: String, mode: mode_t = 0o755) throws {
    try makeDirectories(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]), mode: 0o755)
    try writeFile(path, "", mode: mode)
    chmod(path, mode)
  }

  @Test("the PATH's first executable file wins; directories, and files that nobody may run, are passed over")
  func find() throws {
    let scratch = Scratch()
    let root = scratch.path
    try makeDirectories("\(root)/directory/server", mode: 0o755)
    try make("\(root)/text/server", mode: 0o644)
    try make("\(root)/first/server")
    try make("\(root)/second/server")
    let names = ["missing", "directory", "text", "first", "second"]
    let path = names.map { "\(root)/\($0)" }.joined(separator: ":")
    #expect(Programs.find("server", path: path) == "\(root)/first/server")
    #expect(Programs.find("server", path: "::\(root)/second:") == "\(root)/second/server")
    #expect(Programs.find("server", path: "\(root)/text") == nil)
  }

  @Test("where the PATH has none, the usual places are looked in")
  func usualPlaces() {
    #expect(Programs.find("env", path: "") == "/usr/bin/env")
    #expect(Programs.find("no-such-program-anywhere", path: "/usr/bin") == nil)
  }

  @Test("PostgreSQL's directory is one with both the server and initdb in it")
  func postgres() throws {
    let found = try #require(Programs.postgresDirectory(path: "/nonexistent"))
    for name in ["postgres", "initdb"] { #expect(access("\(found)/\(name)", X_OK) == 0) }
    // Of several versions that Debian installs side by side, the newest.
    let versions = entries(of: "/usr/lib/postgresql").compactMap { Int($0) }
    if let newest = versions.max() { #expect(found == "/usr/lib/postgresql/\(newest)/bin") }
  }
}
