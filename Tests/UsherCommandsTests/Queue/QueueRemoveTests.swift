import Support
import Testing

@Suite("usher queue remove")
struct QueueRemoveTests {
  @Test("remove shows its plan with the words that mean nobody, carries it out, and undo takes it back to the letter")
  func remove() throws {
    let program = try QueueProgram()
    try program.enqueue(1200)
    let before = try program.line()
    let words = ["token-3", "nobody", "token-900"]
    try Snapshot.match(try program.run(["queue", "remove"] + words + ["--dry-run"]), "queue-remove-plan")
    #expect(try program.line() == before)
    try Snapshot.match(
      try program.run(["queue", "remove"] + words + ["--yes"]),
      output: "removed 2 of 2; undo with: usher undo <operation>",
      errors: "warning: 1 token is not waiting in queue 'tickets': nobody")
    #expect(try program.waitingCount() == 1198)
    try Snapshot.match(try program.run("undo", "--last", "--dry-run"), "queue-remove-undo-plan")
    try Snapshot.match(try program.run("undo", "--last", "--yes"), output: "returned 2 of 2; an undo is final")
    #expect(try program.line() == before)
    try Snapshot.match(
      try program.run("queue", "remove", "nobody", "--yes"),
      output: "nothing to do: none of them is in queue 'tickets'",
      errors: "warning: 1 token is not waiting in queue 'tickets': nobody")
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
}
