import Failures
import Redis
import Support
import Testing

@testable import UsherCommands

@Suite("usher queue, repairing")
struct QueueRepairTests {
  @Test("remove shows its plan with the words that mean nobody, carries it out, and undo takes it back to the letter")
  func remove() throws {
    let program = try QueueProgram()
    try program.enqueue(1200)
    let before = try program.line()
    let words = ["token-3", "nobody", "token-900"]
    try Snapshot.match(try program.run(["queue", "remove"] + words + ["--dry-run"]), "queue-remove-plan")
    #expect(try program.line() == before)
    try Snapshot.match(try program.run(["queue", "remove"] + words + ["--yes"]), "queue-remove")
    #expect(try program.waitingCount() == 1198)
    try Snapshot.match(try program.run("undo", "--last", "--dry-run"), "queue-remove-undo-plan")
    try Snapshot.match(try program.run("undo", "--last", "--yes"), "queue-remove-undo")
    #expect(try program.line() == before)
    try Snapshot.match(try program.run("queue", "remove", "nobody", "--yes"), "queue-remove-nobody")
  }

  @Test("remove takes a list from a file and from standard input, and gives all of them back")
  func bulk() throws {
    let program = try QueueProgram()
    try program.enqueue(5000)
    let before = try program.line()
    let list = (0..<4000).map { "token-\($0)\r\n" }.joined() + "\n"
    let file = try program.file("\u{FEFF}" + list)
    let run = try program.run("queue", "remove", "--file", file, "--yes", "-o", "json")
    #expect(run.status == 0 && run.output.contains("\"changed\": 4000"), "\(run.output)\(run.errors)")
    #expect(try program.waitingCount() == 1000)
    #expect(try program.run("undo", "--last", "--yes", "-q").status == 0)
    #expect(try program.line() == before)
    for words in [["-"], ["--file", "-"]] {
      let piped = try Binary.run(
        ["queue", "remove"] + words + ["--yes", "-q"], environment: program.environment, stdin: list)
      #expect(piped.status == 0, "\(piped.errors)")
      #expect(try program.waitingCount() == 1000)
      #expect(try program.run("undo", "--last", "--yes", "-q").status == 0)
    }
    #expect(try program.line() == before)
  }

  @Test("a bad line of a file is named with its number, and nothing is changed")
  func badLine() throws {
    let program = try QueueProgram()
    try program.enqueue(5)
    let file = try program.file("token-1\n\ntoken 2 \ntoken-3\n")
    let run = try program.run("queue", "remove", "--file", file, "--yes")
    #expect(run.status == 65)
    #expect(run.errors.contains("line 3 of '\(file)' begins or ends with a blank"), "\(run.errors)")
    #expect(try program.waitingCount() == 5)
    #expect(try program.run("queue", "move", "--to", "front", "--file", "/nowhere/x", "--yes").status == 66)
    #expect(try program.run("queue", "remove", "a\u{7}b", "--yes").status == 64)
  }

  @Test(
    "tokens from nowhere or from two places, and a place that is missing, are wrong usage",
    arguments: [
      ["remove"], ["remove", "a", "--file", "x"], ["move", "a"], ["move", "--to", "front"], ["issue"],
      ["issue", "a", "--count", "3"], ["issue", "--count", "0"], ["issue", "--count", "500001"], ["park", "a"],
      ["park", "--rate", "5/s"], ["unpark", "a", "b"], ["expire", "5"],
    ])
  func usage(words: [String]) throws {
    let run = try QueueProgram().run(["queue"] + words + ["--yes"])
    #expect(run.status == 64, "\(words) \(run.errors)")
  }

  @Test(
    "without consent, or beyond the bound, nothing changes",
    arguments: [
      ["remove", "token-1", "token-2"], ["move", "token-1", "token-2", "--to", "front"], ["park"],
      ["issue", "a", "b"],
    ])
  func consent(words: [String]) throws {
    let program = try QueueProgram()
    try program.enqueue(5)
    let before = try program.line()
    #expect(try program.run(["queue"] + words).status == 77)
    #expect(try program.run(["queue"] + words + ["--yes", "--max-affected", "1"]).status == 77)
    try program.redis.command("SET", "usher:{waiting}:lock", "lee@ops-2 77 abc", "PX", "60000")
    #expect(try program.run(["queue"] + words + ["--yes"]).status == 75)
    #expect(try program.line() == before)
    try program.redis.command("DEL", "usher:{waiting}:lock")
    #expect(try program.run(["queue"] + words + ["--yes", "--max-affected", "5"]).status == 0)
    #expect(try program.line() != before)
    #expect(try program.run("undo", "--last", "--yes").status == 0)
    #expect(try program.line() == before)
  }

  @Test("move shows what the score says afterwards, and undo gives the places back")
  func move() throws {
    let program = try QueueProgram()
    try program.enqueue(9)
    let before = try program.line()
    try Snapshot.match(
      try program.run("queue", "move", "token-7", "token-2", "--to", "front", "--dry-run"), "queue-move-plan")
    try Snapshot.match(try program.run("queue", "move", "token-7", "token-2", "--to", "token-3", "--yes"), "queue-move")
    #expect(try program.tokens().prefix(5) == ["token-0", "token-1", "token-7", "token-2", "token-3"])
    #expect(try program.run("undo", "--last", "--yes").output.hasPrefix("gave their places back to 2 of 2"))
    #expect(try program.line() == before)
    let refused = try program.run("queue", "move", "token-7", "--to", "token-4", "--yes")
    try Snapshot.match(refused, "queue-move-refused")
    #expect(try program.run("queue", "move", "token-7", "--to", "nobody", "--yes").status == 65)
    #expect(try program.line() == before)
  }

  @Test("drain sets everybody aside, restore and undo give them back, and a word is needed of several")
  func drain() throws {
    let program = try QueueProgram()
    try program.enqueue(1204)
    let before = try program.line()
    try Snapshot.match(try program.run("queue", "park", "--dry-run"), "queue-park-plan")
    try Snapshot.match(try program.run("queue", "park", "--yes"), "queue-park")
    #expect(try program.waitingCount() == 0)
    try Snapshot.match(try program.run("queue", "unpark", "--dry-run"), "queue-unpark-plan")
    try Snapshot.match(try program.run("queue", "unpark", "--yes"), "queue-unpark")
    #expect(try program.line() == before)
    try Snapshot.match(try program.run("queue", "unpark", "--yes"), "queue-unpark-nothing")
    #expect(try program.run("queue", "park", "--yes").status == 0)
    let first = try program.newestOperation()
    try program.redis.command("ZADD", "waiting", "1800000000000", "late")
    #expect(try program.run("queue", "park", "--yes").status == 0)
    let unclear = try program.run("queue", "unpark", "--yes")
    #expect(unclear.status == 64)
    #expect(unclear.errors.contains("\(first) (1,204)"), "\(unclear.errors)")
    #expect(try program.run("queue", "unpark", "01JD3XJ8V6K2T9Q4M7R5N1C0AB", "--yes").status == 65)
    #expect(try program.run("undo", "--last", "--yes").output.hasPrefix("gave 1 person back"))
    #expect(try program.run("undo", first, "--yes").status == 0)
    #expect(try program.waitingCount() == 1205)
    #expect(try program.run("undo", first, "--yes").status == 77)
    let again = try program.run("queue", "unpark", first, "--yes")
    #expect(again.status == 0 && again.output.hasPrefix("nothing to do: nobody"), "\(again.errors)")
  }

  @Test("people who are set aside go back to the key that they came from, or nowhere")
  func otherKeys() throws {
    let program = try QueueProgram()
    try program.enqueue(3)
    #expect(try program.run("queue", "park", "--yes").status == 0)
    let path = try program.file("queues:\n  tickets: {preset: set-ttl, waiting: elsewhere, active: active}\n")
    let parking = try program.newestOperation()
    for words in [["queue", "unpark", parking, "--yes"], ["undo", "--last", "--yes"]] {
      let run = try Binary.run(["--config", path] + words, environment: program.environment)
      #expect(run.status == 78 && run.errors.contains("'elsewhere'"), "\(run.errors)")
    }
    #expect(try program.redis.command("EXISTS", "elsewhere") == .integer(0))
    #expect(try program.run("queue", "unpark", "--yes").status == 0)
    #expect(try program.waitingCount() == 3)
  }

  @Test("places are not taken back while those who had them are set aside")
  func undoWhileAside() throws {
    let program = try QueueProgram()
    try program.enqueue(5)
    let before = try program.line()
    #expect(try program.run("queue", "move", "token-3", "--to", "front", "--yes").status == 0)
    let move = try program.newestOperation()
    #expect(try program.run("queue", "park", "--yes").status == 0)
    let drain = try program.newestOperation()
    let run = try program.run("undo", move, "--yes")
    #expect(run.status == 77 && run.errors.contains("`usher queue unpark \(drain) --queue tickets`"), "\(run.errors)")
    #expect(try program.run("queue", "unpark", "--yes").status == 0)
    #expect(try program.run("undo", move, "--yes").status == 0)
    #expect(try program.line() == before)
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
    #expect(try program.run("undo", "--last", "--yes").output.hasPrefix("took out 2 of 2"))
    try Snapshot.match(try program.run("queue", "issue", "vip", "token-1", "--dry-run"), "queue-issue-plan")
    try Snapshot.match(try program.run("queue", "issue", "token-1", "--yes"), "queue-issue-known")
    #expect(try program.waitingCount() == 703)
    #expect(try program.line() != before)
  }

  @Test("expire says that it cannot, or takes out whose time is over and gives them back")
  func expire() throws {
    try Snapshot.match(try QueueProgram().run("queue", "expire", "--yes"), "queue-expire-refused")
    let program = try QueueProgram("preset: zset-expiry, waiting: waiting, active: active")
    try program.redis.command("ZADD", "active", "1", "a", "2", "b", "9999999999999", "c")
    try Snapshot.match(try program.run("queue", "expire", "--dry-run"), "queue-expire-plan")
    #expect(try program.run("queue", "expire", "--yes").output.hasPrefix("took out 2 of 2 whose time was over"))
    #expect(try program.redis.command("ZCARD", "active") == .integer(1))
    #expect(try program.run("undo", "--last", "--yes").output.hasPrefix("put back 2 of 2"))
    #expect(try program.redis.command("ZCARD", "active") == .integer(3))
  }

  @Test(
    "a key of the wrong type is bad input for each of them",
    arguments: [
      ["remove", "a"], ["move", "a", "--to", "front"], ["park"], ["unpark"], ["issue", "a"],
    ])
  func wrongType(words: [String]) throws {
    let program = try QueueProgram()
    try program.redis.command("RPUSH", "waiting", "x")
    let run = try program.run(["queue"] + words + ["--yes"])
    #expect(run.status == (words == ["unpark"] ? 0 : 65), "\(run.errors)")
    #expect(try program.redis.command("LLEN", "waiting") == .integer(1))
  }
}

@Suite("the words of a list")
struct QueueWordsTests {
  @Test("are one a line, whatever ends the lines")
  func lines() throws {
    for text in ["a\nb c\n", "a\r\nb c", "\u{FEFF}a\n\n\r\nb c\n\n"] {
      #expect(try QueueWords.parse(Array(text.utf8), "x") == ["a", "b c"])
    }
    #expect(try QueueWords.parse([], "x").isEmpty)
    #expect(try QueueWords.parse([0xFF, 10, 0x80], "x") == [RedisArgument([0xFF]), RedisArgument([0x80])])
  }

  @Test(
    "that can be none are named with the line's number",
    arguments: [
      ("a\n b", 2), ("a\n\nb\t\n", 3), ("\0", 1), ("a\nb\u{7F}", 2), (String(repeating: "x", count: 4097), 1),
    ])
  func bad(text: String, line: Int) {
    let failure = #expect(throws: Failure.self) { try QueueWords.parse(Array(text.utf8), "'f'") }
    #expect(failure?.kind == .badInput)
    #expect(failure?.message.hasPrefix("line \(line) of 'f' ") == true)
  }

  @Test("of ordinary length are read from a file, half a million of them")
  func longFile() throws {
    let program = try QueueProgram()
    let file = try program.file((0..<200_000).map { "a-token-of-the-usual-length-\($0 + 1_000_000)\n" }.joined())
    let run = try program.run("queue", "remove", "--file", file, "--dry-run")
    #expect(run.status == 0, "\(run.errors)")
  }

  @Test("are half a million at most")
  func most() throws {
    let text = Array(repeating: UInt8(ascii: "a"), count: 1) + [10]
    let bytes = [UInt8]((0..<500_001).map { _ in text }.joined())
    #expect(try QueueWords.parse(bytes.dropLast(2), "x").count == 500_000)
    #expect(throws: (any Error).self) { try QueueWords.parse(bytes, "x") }
  }
}

extension QueueProgram {
  func run(_ words: [String]) throws -> Binary.Run { try Binary.run(words, environment: environment) }

  /// The waiting tokens, front to back.
  func tokens() throws -> [String] { try redis.command("ZRANGE", "waiting", "0", "-1").array.map { try $0.string } }
}
