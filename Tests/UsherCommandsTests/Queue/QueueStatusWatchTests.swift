import Glibc
import Redis
import Sandbox
import Support
import Testing

@Suite("usher queue status --watch")
struct QueueStatusWatchTests {
  private static let words = ["queue", "status", "--watch", "5m"]

  private static func watch(
    _ program: QueueProgram, _ words: [String] = words, term: String = "xterm", columns: UInt16,
    _ script: [Binary.Exchange]
  ) throws -> Binary.Run {
    try Binary.runInTerminal(
      words, environment: program.environment.merging(["TERM": term, "NO_COLOR": "1"]) { $1 }, columns: columns,
      script: script)
  }

  @Test("status --watch gives a record a look until Ctrl-C, which is a good end")
  func records() throws {
    let program = try QueueProgram("preset: proceed-zset, waiting: waiting, active: active")
    try program.enqueue(100)
    let output = "/tmp/usher-watch-\(getpid())-\(UInt32.random(in: .min ... .max))"
    defer { unlink(output) }
    var command = ChildCommand(
      "/bin/sh", ["-c", "exec \"$0\" queue status --watch 100ms -o jsonl > \(output)", try Binary.path()],
      environment: program.environment)
    command.isSessionLeader = true
    let child = try command.spawn()
    func lines() -> [String] {
      guard let file = fopen(output, "r") else { return [] }
      defer { fclose(file) }
      var bytes = [UInt8](repeating: 0, count: 1 << 20)
      return String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self).split(separator: "\n")
        .map(String.init)
    }
    while lines().count < 2, child.poll() == nil { usleep(2000) }
    try program.redis.command("ZREMRANGEBYRANK", "waiting", "0", "39")
    let count = lines().count
    while lines().count < count + 3, child.poll() == nil { usleep(2000) }
    kill(child.pid, SIGINT)
    #expect(child.wait() == .status(0))
    let records = try lines().map { try JSONValue(parsing: $0) }
    #expect(records.contains { ($0["admissions_per_minute"]?.number ?? 0) > 0 })
    #expect(records.last?["waiting"]?.number == 60)
    #expect(Set(records.map { $0["measured_at"]?.text }).count == records.count)
    #expect(try program.run("queue", "status", "--watch", "1s", "-o", "json").status == 64)
  }

  @Test("on a terminal draws the screen anew when its size changes, and Ctrl-C is a good end")
  func resize() throws {
    let program = try QueueProgram()
    try program.enqueue(100)
    let run = try Self.watch(
      program, columns: 120, [.init("active ends in", resizingTo: 40), .init("free: 2,500", "\u{3}")])
    #expect(run.status == 0)
    let screens = run.output.split(separator: "\u{1b}[H\u{1b}[2J")
    #expect(screens.count == 2)
    #expect(screens.last?.split(separator: "\n").allSatisfy { $0.count <= 40 } == true, "\(run.output)")
    // The cursor stands at the beginning of an empty line, and no mode of the terminal was left changed.
    #expect(run.output.hasSuffix("\n^C\u{1b}[K"), "\(run.output)")
    #expect(run.output.matches(of: #/\u{1b}\[(?!H|2J|K|[0-9;]*m)/#).isEmpty)
  }

  @Test(
    "on a terminal that is too low shows as much as it has lines for, and says how much more there is",
    arguments: [120, 40])
  func low(columns: UInt16) throws {
    let halls = (1...30).map { "  hall-\($0): {preset: set-ttl, waiting: w\($0), active: a\($0), capacity: 10}\n" }
    let program = try QueueProgram(more: halls.joined())
    try program.redis.command("ZADD", "w17", "1700000000000", "somebody")
    // Some that never end, of which the screen warns.
    for number in 1...9 { try program.redis.command("SADD", RedisArgument("a\(number)"), "x") }
    let run = try Binary.runInTerminal(
      Self.words, environment: program.environment.merging(["TERM": "xterm", "NO_COLOR": "1"]) { $1 }, columns: columns,
      rows: 12, script: [.init("lines of remarks", "\u{3}")])
    #expect(run.status == 0)
    let screen = try #require(run.output.split(separator: "\u{1b}[H\u{1b}[2J").last)
    let lines = screen.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #expect(lines.count <= 11, "\(screen)")
    #expect(lines.first?.contains("queue") == true, "\(screen)")
    #expect(lines.allSatisfy { $0.count <= columns }, "\(screen)")
    #expect(screen.contains("more lines\(columns == 40 ? "" : "; `--queue NAME` shows one queue")\n"), "\(screen)")
    // The only one where somebody waits is seen.
    #expect(screen.contains("hall-17"), "\(screen)")
    #expect(screen.contains("warning: queue 'hall-1'") && screen.contains("more lines of remarks\n"), "\(screen)")
  }

  @Test("on a terminal that cannot erase, and on a pipe, prints one block a look", arguments: [true, false])
  func blocks(onTerminal: Bool) throws {
    let program = try QueueProgram()
    try program.enqueue(100)
    if onTerminal {
      let run = try Self.watch(
        program, ["queue", "status", "--watch", "100ms"], term: "dumb", columns: 120,
        [.init("tickets", ""), .init("tickets", "\u{3}")])
      #expect(run.status == 0)
      #expect(!run.output.contains("\u{1b}"))
      #expect(run.output.matches(of: #/queue +waiting/#).count >= 2)
      return
    }
    let run = try Shell.run(
      #"""
      "$USHER" queue status --watch 100ms > "$OUT" & watcher=$!
      until [ "$(grep -c tickets "$OUT")" -ge 2 ]; do sleep 0.05; done
      kill -INT $watcher; wait $watcher; echo "status $?"; cat "$OUT"
      """#, environment: program.environment.merging(["OUT": try program.file("")]) { $1 })
    #expect(run.output.hasPrefix("status 0\n"), "\(run.output)\(run.errors)")
    #expect(!run.output.contains("\u{1b}") && !run.output.contains("\r"))
    #expect(run.output.matches(of: #/queue +waiting/#).count == run.output.matches(of: #/tickets /#).count)
  }
}
