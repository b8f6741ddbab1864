import Glibc
import Redis
import Sandbox
import Support
import Testing

@Suite("cache evict, when it is stopped in the middle")
struct CacheEvictInterruptionTests {
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

  @Test("says after Ctrl-C how many keys are gone, of the number that the plan estimated")
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

  @Test("counts after SIGKILL every key that is gone in its record")
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

  @Test("has touched nothing else, has a record, and is finished by running it again")
  func finished() throws {
    let program = try CacheProgram()
    try program.fill(20_000, others: (0..<500).map { "other:\($0)" })
    let run = try Shell.run(
      """
      "$USHER" cache evict concertOption --yes --rate 4000/s & pid=$!
      until [ "$(redis-cli -s \(program.server.socket) dbsize)" -lt 19500 ]; do sleep 0.02; done
      kill -9 $pid
      wait $pid
      """, environment: program.environment)
    #expect(run.status == 137)
    let left = try program.count("concertOption::*")
    #expect((1..<19_000).contains(left))
    #expect(try program.count("other:*") == 500)
    let recorded = try #require(Int(try program.newestOperation("changed")))
    let removed = 20_000 - left
    #expect(recorded > 0)
    #expect((removed - 2_000...removed).contains(recorded))
    #expect(try program.newestOperation("state") == "started")
    let again = try program.run("cache", "evict", "concertOption", "--yes", "--wait", "30s")
    #expect(again.status == 0)
    #expect(try program.count("concertOption::*") == 0)
    #expect(try program.count("other:*") == 500)
  }

  @Test("after SIGINT or SIGTERM finishes the batch in hand, says what was done, and exits with the signal's status")
  func asked() throws {
    for (signal, status) in [("INT", Int32(130)), ("TERM", 143)] {
      let program = try CacheProgram()
      try program.fill(20_000)
      let run = try Shell.run(
        """
        set -m
        "$USHER" cache evict concertOption --yes --rate 4000/s & pid=$!
        until [ "$(redis-cli -s \(program.server.socket) dbsize)" -lt 19000 ]; do sleep 0.02; done
        kill -\(signal) $pid
        wait $pid
        """, environment: program.environment)
      #expect(run.status == status)
      let removed = 20_000 - (try program.count("concertOption::*"))
      #expect((1_000..<20_000).contains(removed))
      #expect(try program.newestOperation("changed") == "\(removed)")
      #expect(try program.newestOperation("state") == "interrupted")
      #expect(run.errors.contains("stopped on request"))
    }
  }
}
