import Support
import Testing

@Suite("The topic on the command line of usher outbox replay")
struct OutboxReplayTopicTests {
  @Test(
    "that is no template is wrong usage, and the flag is named",
    arguments: [
      ("{payload", "a `{` is not closed"), ("a}", "a `}` has no `{` before it"), ("{}", "`{}` needs a column's name"),
      ("", nil),
    ] as [(String, String?)])
  func mistakes(topic: String, cause: String?) throws {
    let shop = try Shop()
    let run = try shop.run(["outbox", "replay", "--yes", "--topic", topic], also: ["USHER_POSTGRES": "host=/nowhere"])
    #expect(run.status == 64)
    #expect(
      run.errors.hasPrefix(
        "usher: invalid value '\(topic)' for --topic: expected a text in which {column} stands for a column"))
    if let cause { #expect(run.errors.contains("hint: \(cause); write {column} for a column, {{ and }} for braces\n")) }
    #expect(!run.errors.contains("outbox.publish"))
  }

  @Test("that names no column of the table is wrong usage too, with the columns that there are")
  func unknownColumn() throws {
    let shop = try Shop()
    let run = try shop.usher("outbox", "replay", "--yes", "--topic", "x-{domain}")
    #expect(run.status == 64)
    #expect(
      run.errors == """
        usher: --topic 'x-{domain}' names a column that table public.outbox_event does not have: 'domain'
          cause: it has id, key, domain_type, event_type, payload, status, created_at, published_at
          hint: correct --topic

        """)
    #expect(try shop.isUntouched)
  }

  @Test("stands in for a topic of the file whose column is gone")
  func standsIn() throws {
    let shop = try Shop()
    try shop.postgres.script("ALTER TABLE outbox_event DROP COLUMN domain_type")
    #expect(try shop.usher("outbox", "replay", "--yes").status == 78)
    let run = try shop.json(["outbox", "replay", "--yes", "--topic", "all.{event_type}"])
    #expect(run["changed"]?.number == 8)
    #expect(try shop.redis.command("XLEN", "all.Paid") == .integer(8))
  }
}
