import Kafka
import Postgres
import Redis
import Sandbox
import Support
import Testing

@Suite("usher outbox replay")
struct OutboxReplayTests {
  @Test("shows its plan, sends to standard output, and undo takes the marks back to the letter")
  func replayAndUndo() throws {
    let program = try OutboxProgram()
    try program.fill(30)
    let before = try program.rows()
    try Snapshot.match(
      try program.run("outbox", "replay", "--to", "stdout", "--dry-run"), "outbox-replay-plan",
      replacing: ["23h 59m": "<age>", "for 1d": "for <age>", "oldest: 1d": "oldest: <age>"])
    #expect(try program.rows() == before)
    let run = try program.run("outbox", "replay", "--to", "stdout", "--yes")
    #expect(run.status == 0)
    #expect(run.output.split(separator: "\n").count == 30)
    #expect(run.output.contains("김철수"))
    #expect(run.errors.contains("\npublished 30 of 30 events; undo with: usher undo 01"))
    #expect(try program.count("PUBLISHED") == 30)
    let undone = try program.run("undo", try program.newestOperation(), "--yes")
    #expect(undone.status == 0)
    #expect(undone.errors.contains("what was sent remains sent"))
    #expect(undone.output.hasPrefix("restored the former status of 30 of 30 events"))
    #expect(try program.rows() == before)
  }

  @Test("warns of a type that no event has, says one as one, and has its types in JSON also of nothing")
  func types() throws {
    let program = try OutboxProgram()
    try program.fill(3)
    let wrong = try program.run("outbox", "replay", "--to", "stdout", "--type", "NOPE", "--yes")
    #expect(wrong.status == 0)
    #expect(
      wrong.errors.contains("warning: no recent event is of type 'NOPE'; there are 'Paid', 'Reserved'\n"), "\(wrong)")
    let near = try program.run("outbox", "replay", "--to", "stdout", "--type", "Payd", "--dry-run")
    #expect(
      near.errors.contains(
        "warning: no recent event is of type 'Payd'; did you mean 'Paid'? there are 'Paid', 'Reserved'\n"), "\(near)")
    let nothing = try program.run("outbox", "replay", "--to", "stdout", "--type", "NOPE", "--yes", "-o", "json")
    #expect((nothing.output + nothing.errors).contains("\"types\": []"), "\(nothing)")
    let one = try program.run("outbox", "replay", "--to", "stdout", "--type", "Paid", "--dry-run")
    #expect(one.output.hasPrefix("would publish 1 event of public.outbox_event to "), "\(one.output)")
    #expect(!one.errors.contains("no recent event"))
    let id = try program.run("outbox", "replay", "--to", "stdout", "--id", "99", "--dry-run")
    #expect(id.errors.contains("the id is excluded: 1 is not in the table"), "\(id.errors)")
    let full = try Binary.run(
      program: "/bin/sh", ["-c", "\"$0\" outbox replay --to stdout --yes > /dev/full", try Binary.path()],
      environment: program.environment)
    #expect(full.status == 74)
    #expect(full.errors.matches(of: #/published \d+ of 3 events/#).count <= 1, "\(full.errors)")
  }

  @Test(
    "names the event whose record the broker's client does not take, holds back its key, and sends all others")
  func tooLarge() throws {
    let broker = try TestBroker.shared()
    let program = try OutboxProgram(
      publish: "to: kafka, topic: \(try broker.makeTopic(partitions: 1))", variables: ["USHER_KAFKA": broker.brokers])
    try program.fill(30)
    try program.connection.execute(
      "UPDATE outbox_event SET payload = json_build_object('x', repeat('x', 2000000)) WHERE id = 9")
    let run = try program.run("outbox", "replay", "--yes", "-o", "json")
    #expect(run.status == 1)
    #expect(run.errors.contains("usher: 1 of 30 failed\n  cause: event 9: cannot "), "\(run.errors)")
    #expect(run.errors.contains("  hint: correct event 9; until then "), "\(run.errors)")
    #expect(run.errors.contains("3 events were held back to keep the order"), "\(run.errors)")
    let report = try JSONValue(parsing: run.output)
    #expect(report["changed"]?.number == 26, "\(run.output)")
    #expect(
      try program.connection.query("SELECT id::int FROM outbox_event WHERE status <> 'PUBLISHED' ORDER BY id")
        .map { try $0.decode(0, as: Int.self) } == [9, 16, 23, 30])
    try program.connection.execute("UPDATE outbox_event SET payload = '{}' WHERE id = 9")
    #expect(try program.run("outbox", "replay", "--yes").output.hasPrefix("published 4 of 4 events; "))
  }

  @Test("sends to Kafka what the broker then has, and reports an object that scripts can read")
  func kafka() throws {
    let broker = try TestBroker.shared()
    let topic = try broker.makeTopic(partitions: 2)
    let program = try OutboxProgram(
      publish: "to: kafka, topic: \(topic), headers: {type: '{event_type}'}, id-header: outbox-id",
      variables: ["USHER_KAFKA": broker.brokers])
    try program.fill(500)
    let run = try program.run("outbox", "replay", "--yes", "-o", "json")
    #expect(run.status == 0, "\(run.errors)")
    for part in [
      #""target":"outbox public.outbox_event""#, #""planned":500"#, #""changed":500"#, #""failed":0"#,
      #""dry_run":false"#,
      #""operation":"01"#, #""duration_ms":"#, #""topic":"\#(topic)","events":500"#,
    ] {
      #expect(
        run.output.filter { !$0.isWhitespace }.contains(part.filter { !$0.isWhitespace }), "\(part) in \(run.output)")
    }
    let messages = try KafkaConsumer(KafkaTarget(broker.brokers)).messages(topic)
    let ids = messages.compactMap { $0.header("outbox-id").map { String(decoding: $0, as: UTF8.self) } }
    #expect(Set(ids) == (try program.ids()))
    #expect(ids.count == 500)
    #expect(
      try program.run("outbox", "replay", "--yes").output
        == "nothing to do: no event of public.outbox_event is stuck and fits what was asked for\n"
    )
  }

  @Test("sends to a Redis stream")
  func redis() throws {
    let redis = try TestRedis.make()
    let program = try OutboxProgram(
      publish: "to: redis-stream, stream: 'events:{domain_type}'", variables: ["USHER_REDIS": redis.url])
    try program.fill(40)
    #expect(try program.run("outbox", "replay", "--yes", "--status", "FAIL").status == 0)
    #expect(try redis.connect().command("XLEN", "events:payment") == .integer(8))
    #expect(try program.count("PUBLISHED") == 8)
  }

  @Test("options narrow the replay down")
  func options() throws {
    let program = try OutboxProgram()
    try program.fill(30)
    func sent(_ words: String...) throws -> Int {
      let run = try Binary.run(
        ["outbox", "replay", "--to", "stdout", "--yes"] + words, environment: program.environment)
      #expect(run.status == 0, "\(run.errors)")
      return run.output.split(separator: "\n").count
    }
    #expect(try sent("--older-than", "2d") == 0)
    #expect(try sent("--limit", "3") == 3)
    #expect(try sent("--id", "4,5", "--id", "6", "--id", "1") == 3)
    #expect(try sent("--type", "Paid", "--status", "INIT", "--limit", "100") == 6)
    #expect(try sent("--topic", "other.{event_type}", "--limit", "2") == 2)
    #expect(try sent() == 30 - 3 - 3 - 6 - 2)
  }

  @Test("a broker that is down is status 69, and every row is as it was")
  func brokerDown() throws {
    let program = try OutboxProgram(variables: ["USHER_KAFKA": "127.0.0.1:1"])
    try program.fill(20)
    let before = try program.rows()
    let run = try program.run("outbox", "replay", "--yes")
    #expect(run.status == 69)
    #expect(run.output == "")
    #expect(run.errors.contains("cannot reach Kafka at 127.0.0.1:1"))
    #expect(run.errors.contains("Connection refused"))
    #expect(try program.rows() == before)
  }

  @Test("while another usher replays, a second one is told to try again")
  func twoUshers() throws {
    let program = try OutboxProgram()
    try program.fill(5)
    let key = try program.connection.query(
      "SELECT pg_advisory_lock($1::bigint)", [.init(PostgresConnection.advisoryKey("usher outbox public.outbox_event"))]
    )
    #expect(key.count == 1)
    let run = try program.run("outbox", "replay", "--to", "stdout", "--yes")
    #expect(run.status == 75)
    #expect(run.output == "")
    #expect(try program.count("PUBLISHED") == 0)
  }

  @Test(
    "what is configured wrongly is status 78 and says what to correct",
    arguments: [
      ("topic: 'x-{domain}'", nil, "outbox.publish.topic"), ("topic: 'x-{'", nil, "`{` is not closed"),
      ("key: '{key}'", nil, "outbox.publish.topic is not set"),
      ("topic: t", "id: id, status: state, created: created_at", "has no column 'state'"),
      ("topic: t", "id: id, status: status", "'outbox.columns.created' is not set"),
      ("topic: t", "id: id, status: status, created: created_at", "no value is configured"),
    ] as [(String, String?, String)])
  func configuration(publish: String, columns: String?, message: String) throws {
    let program = try OutboxProgram(publish: publish, columns: columns)
    let run = try program.run("outbox", "replay", "--to", "stdout", "--yes")
    #expect(run.status == 78)
    #expect(run.errors.contains(message), "\(run.errors)")
  }

  @Test(
    "what cannot be meant is wrong usage",
    arguments: [
      ["--status", "PUBLISHED"], ["--id", "abc"], ["--limit", "0"], ["--older-than", "soon"], ["--to", "rabbit"],
      ["--status", "INIT,,FAIL"],
    ])
  func usage(words: [String]) throws {
    let program = try OutboxProgram()
    try program.fill(3)
    let run = try Binary.run(
      ["outbox", "replay", "--yes", "--topic", "t"] + (words.contains("--to") ? [] : ["--to", "stdout"]) + words,
      environment: program.environment)
    #expect(run.status == 64, "\(run.errors)")
    #expect(try program.count("PUBLISHED") == 0)
  }
}
