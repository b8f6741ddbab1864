import Glibc
import Redis
import Sandbox
import Support
import Testing

@Suite("cache evict that is broken off at a pace")
struct BrokenOffEvictionTests {
  /// An eviction at a pace that has begun, with standard error in a file of its own.
  private func begin(_ program: CacheProgram, _ errors: String) throws -> ChildProcess {
    var command = ChildCommand(
      "/bin/sh",
      [
        "-c", "exec \"$0\" \"$@\" >/dev/null 2>\(errors)", try Binary.path(), "cache", "evict", "concertOption",
        "--rate",
        "2000/s", "--yes",
      ], environment: program.environment)
    command.isSessionLeader = true
    let child = try command.spawn()
    while try program.count("concertOption::*") == 25_000 { usleep(2_000) }
    return child
  }

  @Test("by Ctrl-C says of how many, by the plan's estimate")
  func interrupted() throws {
    let program = try CacheProgram()
    try program.fill(25_000)
    let errors = "/tmp/usher-evict-\(getpid())-\(UInt32.random(in: .min ... .max))"
    defer { unlink(errors) }
    let child = try begin(program, errors)
    kill(child.pid, SIGINT)
    #expect(child.wait() == .status(130))
    let said = try SourceFiles.text(of: errors)
    let figures = try #require(
      said.firstMatch(of: #/stopped on request after ([\d,]+) of about ([\d,]+)\n/#), "\(said)")
    func number(_ text: Substring) -> Int { Int(text.filter { $0 != "," }) ?? 0 }
    let left = try program.count("concertOption::*")
    #expect(number(figures.1) == 25_000 - left)
    #expect((15_000...40_000).contains(number(figures.2)), "\(said)")
  }

  @Test("by SIGKILL has every key that is gone in its record")
  func killed() throws {
    let program = try CacheProgram()
    try program.fill(25_000)
    let child = try begin(program, "/dev/null")
    // Long enough for several batches; what the server was sent, it still does.
    usleep(300_000)
    kill(child.pid, SIGKILL)
    _ = child.wait()
    _ = try program.redis.command("PING")
    let (gone, counted) = (25_000 - (try program.count("concertOption::*")), try program.newestOperation("changed"))
    #expect(gone > 0)
    #expect(counted == "\(gone)")
  }
}
