import Failures
import Kafka
import Outbox
import Postgres
import Redis
import Support
import Testing

/// Bytes leave as they stand in the row, whatever they are and wherever they go.
@Suite("payloads and keys of any kind")
struct PayloadTests {
  private static let texts: [[UInt8]] = [
    [], Array(" ".utf8), Array("김철수 🎫 \u{202E}".utf8), Array("\"quotes\" and \\back\\ 'slashes' {braces} %s $1".utf8),
    Array("line\nfeed\r\n\ttab\u{1}\u{1F}\u{7F}".utf8), [0, 255, 0, 10, 13, 34, 92], Array(repeating: 0xED, count: 3),
    Array(#"{"이름":"김철수","금액":null}"#.utf8), Array(repeating: UInt8(ascii: "x"), count: 1 << 20),
  ]

  /// One event a text, with the text as payload and, unless it is long, as key.
  private func fixture() throws -> OutboxFixture {
    let fixture = try OutboxFixture()
    try fixture.connection.script(
      "ALTER TABLE outbox_event ALTER payload TYPE bytea USING NULL, ALTER key TYPE bytea USING NULL")
    for (place, text) in Self.texts.enumerated() {
      let bytes = PostgresValue(bytes: text)
      try fixture.connection.execute(
        """
        INSERT INTO outbox_event (id, key, payload, status, created_at, event_type)
        VALUES ($1::bigint, $2, $3, 'INIT', now() - interval '1 day' + $1::bigint * interval '1 s', 'T')
        """, [.init(place), text.count < 1_000 ? bytes : nil, bytes])
    }
    return fixture
  }

  private func check(_ found: [(id: String, key: [UInt8]?, value: [UInt8]?)]) {
    #expect(found.map(\.id) == Self.texts.indices.map(String.init))
    for (event, text) in zip(found, Self.texts) {
      #expect(event.value == text, "value \(event.id)")
      #expect(event.key == (text.count < 1_000 ? text : nil), "key \(event.id)")
    }
  }

  @Test("to Kafka")
  func kafka() throws {
    let broker = try TestBroker.shared()
    let topic = try broker.makeTopic()
    let fixture = try fixture()
    fixture.mapping.publishing.topic = try OutboxTemplate(topic, role: "topic")
    let target = KafkaTarget(broker.brokers, properties: ["message.max.bytes": "2000000"])
    #expect(try fixture.replay(to: try KafkaPublisher(target)).outcome.changed == Self.texts.count)
    check(
      try KafkaConsumer(target).messages(topic).map { message in
        (
          message.header("usher-outbox-id").map { String(decoding: $0, as: UTF8.self) } ?? "?", message.key,
          message.value
        )
      })
  }

  @Test("to a Redis stream")
  func redis() throws {
    let redis = try TestRedis.make()
    let connection = try redis.connect()
    let fixture = try fixture()
    #expect(try fixture.replay(to: RedisStreamPublisher(connection)).outcome.changed == Self.texts.count)
    check(
      try connection.command("XRANGE", "events", "-", "+").array.map { entry in
        let pairs = try entry.array[1].pairs.map { (try $0.0.string, try $0.1.bytes) }
        let fields = Dictionary(uniqueKeysWithValues: pairs)
        return (String(decoding: fields["id"] ?? [], as: UTF8.self), fields["key"], fields["payload"])
      })
  }

  @Test("to lines, which a JSON reader understands; what is no text stands in base64")
  func lines() throws {
    let fixture = try fixture()
    var written: [UInt8] = []
    #expect(try fixture.replay(to: LinePublisher { written += $0 }).outcome.changed == Self.texts.count)
    let lines = written.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    check(
      try lines.map { line in
        // PostgreSQL reads the line; it has no text with a NUL in it, which JSON writes as \u0000.
        let row = try fixture.connection.query(
          """
          SELECT c ->> 'id',
            coalesce(decode(c ->> 'key_base64', 'base64'), convert_to(c ->> 'key', 'UTF8')),
            coalesce(decode(c ->> 'value_base64', 'base64'), convert_to(c ->> 'value', 'UTF8'))
          FROM (SELECT $1::json AS c) line
          """, [.init(line)])[0]
        return (try row.text(0) ?? "?", try row.bytes(1), try row.bytes(2))
      })
    #expect(lines.last?.contains("\"key\":null") == true)
  }

  @Test("what is sent is the row as it is when it is locked, not as the plan saw it")
  func newest() throws {
    let fixture = try OutboxFixture()
    try fixture.insert("1", payload: "old")
    let publisher = ScriptedPublisher()
    let table = try fixture.table()
    let plan = try table.planReplay(.init(), to: publisher)
    try fixture.connection.execute("UPDATE outbox_event SET payload = 'new', event_type = 'Refunded'")
    _ = try table.replay(plan, to: publisher, operation: try fixture.begin(), journal: fixture.journal)
    #expect(publisher.arrived.first?.value == Array("new".utf8))
    #expect(publisher.arrived.first?.type == "Refunded")
  }
}
