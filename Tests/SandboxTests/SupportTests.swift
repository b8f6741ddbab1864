import Failures
import Glibc
import Sandbox
import Support
import Testing

@Suite("what tests stand on")
struct SupportTests {
  @Test("a test gets a database of its own with the extensions in it")
  func database() throws {
    let one = try TestDatabase.make()
    let two = try TestDatabase.make()
    #expect(one.name != two.name)
    let (exit, text) = try ChildCommand(
      "/usr/bin/psql", ["-X", "-At", "-d", one.conninfo, "-c", "SELECT extname FROM pg_extension ORDER BY 1"]
    ).capture()
    #expect(exit == .status(0))
    #expect(text == "hypopg\npg_stat_statements\nplpgsql\n")
  }

  @Test("a test gets a Redis of its own, and it is gone with the last reference")
  func redis() throws {
    var socket = ""
    do {
      let redis = try TestRedis.make()
      socket = redis.socket
      let (_, text) = try ChildCommand("/usr/bin/redis-cli", ["-s", socket, "dbsize"]).capture()
      #expect(text == "0\n")
    }
    let (_, text) = try ChildCommand("/usr/bin/redis-cli", ["-s", socket, "ping"]).capture()
    #expect(text.contains("Could not connect"))
  }

  @Test("topics are made on the real broker")
  func broker() throws {
    let broker = try TestBroker.shared()
    #expect(try broker.makeTopic(partitions: 3) != broker.makeTopic())
  }

  static func here() -> String {
    guard let pointer = getcwd(nil, 0) else { return "/" }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  @Test("the schema's tables come with a database where they are wanted")
  func schema() throws {
    let database = try TestDatabase.make(withSchema: true)
    #expect(try SeedTests.number(database.connect(), "SELECT count(*) FROM outbox_event") == 0)
  }

  @Test("the binary runs with the given input and variables alone, and its end is told")
  func binary() throws {
    let run = try Binary.run(
      program: "/bin/sh", ["-c", "cat; echo \"$ONE-$HOME\" >&2; exit 3"], environment: ["ONE": "1"], stdin: "서연")
    #expect(run.output == "서연")
    #expect(run.errors == "1-\n")
    #expect(run.status == 3)
    #expect(try Binary.run(program: "/bin/sh", ["-c", "kill -TERM $$"]).status == 143)
  }

  @Test("more output than a pipe holds is no deadlock")
  func much() throws {
    let input = String(repeating: "0123456789", count: 100_000)
    #expect(try Binary.run(program: "/bin/cat", [], stdin: input).output == input)
  }

  @Test("what a terminal shows can be answered")
  func terminal() throws {
    let run = try Binary.runInTerminal(
      program: "/bin/sh",
      ["-c", "test -t 0 && test -t 1 && printf 'name? ' > /dev/tty && read name && echo hello $name"],
      script: [.init("name? ", "서연\n")])
    #expect(run.status == 0)
    #expect(run.output == "name? 서연\nhello 서연\n")
  }

  @Test("a question that never comes is an error with the screen in it")
  func unasked() throws {
    let failure = #expect(throws: Failure.self) {
      try Binary.runInTerminal(program: "/bin/echo", ["nothing"], script: [.init("sure?", "y\n")])
    }
    #expect(failure?.message == "usher never asked 'sure?'")
  }

  @Test("a snapshot filters what differs from run to run, and shows the first line that differs")
  func snapshot() throws {
    let text = """
      admitted; undo with: usher undo 01JD2Z8Q4M6V7X9Y0ABCDEFGHK
      at 2026-11-23T12:00:00.123Z on 127.0.0.1:58771
      {"duration_ms":12,"database":"test_12"}
      """
    try Snapshot.match(text: text, "filtered")
    guard environment("USHER_UPDATE_SNAPSHOTS") == nil else { return }
    #expect(throws: (any Error).self) { try Snapshot.match(text: text + "!", "filtered") }
    #expect(throws: (any Error).self) { try Snapshot.match(text: text, "never-written") }
  }
}
