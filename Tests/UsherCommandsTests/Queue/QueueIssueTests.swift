import Glibc
import Redis
import Sandbox
import Support
import Testing

@Suite("usher queue issue")
struct QueueIssueTests {
  @Test("issue prints random tokens on standard output and the result beside it, and undo takes them out")
  func issue() throws {
    let program = try QueueProgram()
    try program.enqueue(3)
    let before = try program.line()
    let run = try program.run("queue", "issue", "--count", "700", "--yes", "-o", "jsonl")
    #expect(run.status == 0)
    #expect(run.output.split(separator: "\n").count == 700)
    #expect(run.errors.contains("\"changed\":700") || run.errors.contains("\"changed\": 700"), "\(run.errors)")
    let table = try program.run("queue", "issue", "--count", "2", "--yes")
    let tokens = table.output.split(separator: "\n").map(String.init).filter { $0.count == 36 }
    #expect(tokens.count == 2)
    #expect(table.errors.contains("issued 2 of 2 tokens; undo with"))
    #expect(Set(try program.tokens()).isSuperset(of: tokens))
    #expect(try program.waitingCount() == 705)
    #expect(try program.run("undo", "--last", "--yes").output.hasPrefix("removed 2 of 2"))
    try Snapshot.match(try program.run("queue", "issue", "vip", "token-1", "--dry-run"), "queue-issue-plan")
    try Snapshot.match(
      try program.run("queue", "issue", "token-1", "--yes"),
      output: "nothing to do: all of them are in queue 'tickets' already")
    #expect(try program.waitingCount() == 703)
    #expect(try program.line() != before)
  }

  @Test("random tokens are refused where a member holds more, and printed one a line where it does not")
  func randomTokens() throws {
    let users = try QueueProgram("preset: set-ttl, waiting: waiting, active: active, member: token:user")
    #expect(try users.run("queue", "issue", "--count", "5", "--yes").status == 77)
    #expect(try users.run("queue", "issue", "a:kim", "a:lee", "b:lee", "--yes").status == 0)
    #expect(try users.waitingCount() == 2)
    let lines = try QueueProgram().run("queue", "issue", "--count", "3", "--yes").output.split(separator: "\n")
    #expect(lines.count == 3 && lines.allSatisfy { $0.count == 36 })
  }

  @Test(
    "kill -9 in the middle leaves at most the batch in hand in line that was not printed, and undo takes all of them out"
  )
  func killed() throws {
    let program = try QueueProgram()
    try program.enqueue(10)
    let before = try program.line()
    let file = try program.file("")
    var command = ChildCommand(
      try Binary.path(), ["queue", "issue", "--count", "20000", "--rate", "2000/s", "--yes"],
      environment: program.environment)
    command.isSessionLeader = true
    command.output = .appending(file)
    let child = try command.spawn()
    // A batch is a tenth of a second's.
    while try SourceFiles.text(of: file).isEmpty, child.poll() == nil { usleep(2_000) }
    while try program.waitingCount() < 1010 { usleep(2_000) }
    kill(child.pid, SIGKILL)
    _ = child.wait()
    let text = try SourceFiles.text(of: file)
    #expect(text.hasSuffix("\n"))
    let printed = Set(text.split(separator: "\n").map(String.init))
    let issued = Set(try program.tokens()).filter { !$0.hasPrefix("token-") }
    #expect(issued.count >= 1000 && issued.count < 20_000)
    #expect(printed.isSubset(of: issued))
    #expect(issued.count - printed.count <= 200)
    #expect(try program.run("undo", "--last", "--yes").status == 0)
    #expect(try program.line() == before)
  }

  @Test("when nobody reads them any more, no more are issued", arguments: ["table", "jsonl", "json", "csv"])
  func unread(format: String) throws {
    let program = try QueueProgram()
    let run = try Shell.run(
      """
      { "$USHER" queue issue --count 20000 --rate 4000/s --yes -o \(format) 2>"$OUT"; echo "status $?" >&2; } | head -n 3
      """, environment: program.environment.merging(["OUT": try program.file("")]) { $1 })
    #expect(run.errors.hasPrefix("status ") && !run.errors.hasPrefix("status 0"), "\(run)")
    #expect((1..<20_000).contains(try program.waitingCount()))
    #expect(try program.run("undo", "--last", "--yes").status == 0)
    #expect(try program.waitingCount() == 0)
  }

  @Test("a reader that is slow holds nothing up, and gets all of them", arguments: ["table", "json"])
  func slow(format: String) throws {
    let program = try QueueProgram()
    // As long as nobody reads, a pipe takes 64 KiB: some 1,700 tokens.
    let run = try Shell.run(
      """
      "$USHER" queue issue --count 20000 --yes -o \(format) 2>"$OUT" |
        { until [ "$(redis-cli -s \(program.server.socket) ZCARD waiting)" = 20000 ]; do sleep 0.05; done; cat; }
      """,
      environment: program.environment.merging(["OUT": try program.file("")]) { $1 })
    #expect(try program.waitingCount() == 20_000, "\(run.errors)")
    let printed =
      format == "json"
      ? try #require(JSONValue(parsing: run.output).list).compactMap { $0["token"]?.text }
      : run.output.split(separator: "\n").map(String.init)
    #expect(Set(printed) == Set(try program.tokens()))
  }

  @Test("on a full disk those that stand in line are told with how they are taken out")
  func fullDisk() throws {
    let program = try QueueProgram()
    let run = try Shell.run("\"$USHER\" queue issue --count 5000 --yes > /dev/full", environment: program.environment)
    #expect(run.status == 74)
    let id = try program.newestOperation()
    #expect(run.errors.contains("  hint: undo it with `usher undo \(id)`\n"), "\(run.errors)")
    #expect(try program.waitingCount() < 5000)
    #expect(try program.run("undo", id, "--yes").status == 0)
    #expect(try program.waitingCount() == 0)
  }

  @Test("JSON is one whole array over all batches, and CSV has one heading")
  func formats() throws {
    let program = try QueueProgram()
    let json = try program.run("queue", "issue", "--count", "1200", "--yes", "-o", "json")
    #expect(try JSONValue(parsing: json.output).list?.count == 1200)
    let csv = try program.run("queue", "issue", "--count", "1200", "--yes", "-o", "csv").output.split(separator: "\n")
    #expect(csv.count == 1201 && csv.first == "token" && !csv.dropFirst().contains("token"))
    #expect(try program.waitingCount() == 2400)
  }

  @Test("on a terminal they stand a line each, whatever is said beside them")
  func terminal() throws {
    let program = try QueueProgram()
    let run = try Binary.runInTerminal(
      ["queue", "issue", "--count", "3000", "--rate", "3000/s", "--yes"],
      environment: program.environment.merging(["TERM": "xterm", "NO_COLOR": "1"]) { $1 })
    #expect(run.status == 0)
    let issued = Set(try program.tokens())
    #expect(issued.count == 3000)
    #expect(issued.subtracting(run.output.split(separator: "\n").map(String.init)).isEmpty)
  }
}
