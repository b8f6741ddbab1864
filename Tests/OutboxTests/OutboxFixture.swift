import Changes
import Failures
import Outbox
import Postgres
import Support

/// A database of its own with an outbox table in it, and what a replay needs.
final class OutboxFixture {
  let database: TestDatabase
  let connection: PostgresConnection
  let journal: PostgresJournal
  var mapping: OutboxMapping

  static let actor = Actor(user: "tester", host: "test")

  /// The table of the reference schema, with another type for the ids or the status where a test asks for it.
  init(
    idType: String = "bigserial", statusType: String = "varchar(16)", createdType: String = "timestamptz",
    prelude: String = ""
  ) throws {
    database = try TestDatabase.make()
    connection = try PostgresConnection(PostgresTarget(database.conninfo))
    journal = PostgresJournal(connection, actor: Self.actor)
    try connection.script(
      """
      \(prelude);
      CREATE TABLE outbox_event (
        id \(idType) PRIMARY KEY, key text, domain_type text, event_type text, payload text, status \(statusType) NOT NULL,
        created_at \(createdType), published_at timestamptz);
      CREATE INDEX ON outbox_event (status, created_at);
      """)
    mapping = OutboxMapping(
      table: "outbox_event",
      columns: .init(
        id: "id", status: "status", created: "created_at", key: "key", type: "event_type", payload: "payload",
        published: "published_at"),
      publishing: .init(topic: try OutboxTemplate("events", role: "topic")))
  }

  func table() throws -> OutboxTable { try OutboxTable(mapping, on: connection) }

  /// One more session on the same database: the service.
  func connect() throws -> PostgresConnection { try PostgresConnection(PostgresTarget(database.conninfo)) }

  /// One event; `age` is in seconds.
  func insert(
    _ id: String? = nil, key: String? = "k", type: String? = "Paid", payload: String? = "{}", status: String = "INIT",
    age: Int = 3600, domain: String? = "payment"
  ) throws {
    let columns = "key, event_type, payload, status, created_at, domain_type"
    let values = "$1, $2, $3, $4, now() - make_interval(secs => $5::int), $6"
    var parameters: [PostgresValue?] = [
      key.map { .init($0) }, type.map { .init($0) }, payload.map { .init($0) }, .init(status), .init(age),
      domain.map { .init($0) },
    ]
    if let id { parameters.append(.init(id)) }
    try connection.execute(
      "INSERT INTO outbox_event (\(columns)\(id == nil ? "" : ", id")) VALUES (\(values)\(id == nil ? "" : ", $7"))",
      parameters)
  }

  /// Many events, a second apart, the oldest first, over `keys` keys in turn.
  func fill(_ count: Int, keys: Int = 7) throws {
    try connection.execute(
      """
      INSERT INTO outbox_event (key, event_type, payload, status, created_at, domain_type)
      SELECT 'k' || i % $2::int, CASE WHEN i % 3 = 0 THEN 'Paid' ELSE 'Reserved' END,
        json_build_object('number', i, 'name', '김철수'), CASE WHEN i % 5 = 0 THEN 'FAIL' ELSE 'INIT' END,
        now() - interval '1 day' + i * interval '1 second', 'payment'
      FROM generate_series(1, $1::int) i
      """, [.init(count), .init(keys)])
  }

  /// The ids in a status, in order.
  func ids(_ status: String) throws -> [String] {
    try connection.query(
      "SELECT id::text FROM outbox_event WHERE status::text = $1 ORDER BY created_at, id", [.init(status)]
    ).map { try $0.decode(0) }
  }

  /// Everything about every row, to compare before and after.
  func rows() throws -> [String] {
    try connection.query("SELECT e::text FROM outbox_event e ORDER BY id").map { try $0.decode(0) }
  }

  func begin(planned: Int = 1, in journal: PostgresJournal? = nil) throws -> OperationID {
    try (journal ?? self.journal).begin(
      OperationRequest(
        command: "outbox replay", commandLine: "usher outbox replay", target: "outbox", planned: planned,
        undo: .automatic), holding: nil)
  }

  /// Plans and applies as the command does; the operation's id comes with the outcome.
  @discardableResult
  func replay(
    _ filter: ReplayFilter = .init(), to publisher: any OutboxPublisher, control: ChangeControl = .init(),
    batchSize: Int? = nil
  ) throws -> (outcome: ChangeOutcome, operation: OperationID) {
    let table = try table()
    let plan = try table.planReplay(filter, to: publisher)
    let operation = try begin(planned: plan.count)
    let outcome = try table.replay(
      plan, to: publisher, operation: operation, journal: journal, control: control, batchSize: batchSize)
    return (outcome, operation)
  }
}

/// A destination that does what a test says: keeps records, fails some of them, lets things happen meanwhile.
final class ScriptedPublisher: OutboxPublisher {
  /// What arrived, in order, over all batches.
  private(set) var arrived: [OutboxRecord] = []
  private(set) var batches = 0
  /// Ids of records that the destination refuses, only found out at the end of the batch.
  var lateFailures: [String: PublishFailure] = [:]
  /// Ids of records that are refused when they are offered.
  var earlyFailures: [String: PublishFailure] = [:]
  /// Ids of records that the destination refuses together with all that travel with them.
  var poison: Set<String> = []
  /// How many records were sent between two settlings.
  private(set) var sizes: [Int] = []
  /// After so many records the destination's answers are read in the middle of a batch.
  var readsEvery = Int.max
  /// Called with each record that is offered.
  var onPublish: (OutboxRecord) throws -> Void = { _ in }
  var onSettle: () throws -> Void = {}
  private var offered: [(token: Int, record: OutboxRecord)] = []
  private(set) var failures: [Int: PublishFailure] = [:]

  var destination: String { "a test" }
  func topic(of mapping: OutboxMapping) throws -> OutboxTemplate {
    try mapping.publishing.topic ?? OutboxTemplate("none", role: "topic")
  }
  func check(topics: [String]) throws -> [String] { [] }

  func publish(_ record: OutboxRecord, token: Int) throws {
    try onPublish(record)
    if let lost = failures.values.first(where: { $0.scope == .destination }) { throw lost }
    if let failure = earlyFailures[record.id] { throw failure }
    offered.append((token, record))
    if offered.count % readsEvery == 0 { read() }
  }

  func settle() throws -> [Int: PublishFailure] {
    try onSettle()
    batches += 1
    read()
    sizes.append(offered.count)
    arrived += offered.filter { failures[$0.token] == nil }.map(\.record)
    defer { (offered, failures) = ([], [:]) }
    return failures
  }

  private func read() {
    let isPoisoned = offered.contains { poison.contains($0.record.id) }
    for (token, record) in offered {
      if let failure = lateFailures[record.id] {
        failures[token] = failure
      } else if isPoisoned {
        failures[token] = PublishFailure(Failure(.badInput, "too large", hints: ["raise the limit"]), .company)
      }
    }
  }
}
