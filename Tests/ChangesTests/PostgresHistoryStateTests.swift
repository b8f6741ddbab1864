import Failures
import Postgres
import Support
import Testing

@testable import Changes

/// The history's schema must never be found in the place of the service's own.
@Suite("The schema of the history in PostgreSQL")
struct PostgresHistoryStateTests {
  let store: PostgresStore
  var connection: PostgresConnection { store.connection }
  var journal: PostgresJournal { store.postgresJournal }

  init() throws { store = try PostgresStore() }

  /// What a change, and a plan for one, is refused with; nothing was created.
  private func refusal(_ journal: PostgresJournal) throws -> Failure {
    let failure = try #require(throws: Failure.self) { try journal.begin(.sample) }
    #expect(throws: failure) { try journal.unfinished(target: "queue tickets") }
    #expect(failure.kind == .refused)
    #expect(failure.message.contains("so nothing was changed: "))
    #expect(try PostgresHistoryState(journal.connection).isPresent == false)
    // Reading goes on.
    #expect(try journal.list(limit: 1).isEmpty)
    return failure
  }

  @Test("the first change creates it, with usher's mark, and what only reads does not")
  func created() throws {
    #expect(try !PostgresHistoryState(connection).isPresent)
    _ = try journal.begin(.sample)
    let state = try PostgresHistoryState(connection)
    #expect(state.isPresent && state.isWritable && state.canCreate && state.obstacle == nil)
    let comment = "SELECT obj_description('usher_history'::regnamespace, 'pg_namespace')"
    #expect(try connection.query(comment)[0].text(0) == "history of the changes by usher, with the data to undo them")
  }

  @Test("a service that has a schema and a role of the name usher keeps all that is its own")
  func service() throws {
    // The role of these tests is called usher, so `"$user"` stands for that schema.
    #expect(try connection.query("SELECT current_user::text")[0].text(0) == "usher")
    try connection.script(
      """
      CREATE SCHEMA usher; CREATE TABLE operation (name text);
      INSERT INTO operation VALUES ('open the doors'); CREATE TABLE before_image (name text);
      """)
    let id = try journal.begin(.sample)
    #expect(try connection.query("SELECT name FROM operation")[0].text(0) == "open the doors")
    #expect(try connection.query("SELECT name FROM before_image").isEmpty)
    try connection.script("CREATE TABLE row_image (name text)")
    #expect(try connection.query("SELECT 'row_image'::regclass::oid = 'usher.row_image'::regclass::oid")[0].decode(0))
    try journal.finish(id, state: .done, failed: 0, changed: 1)
    #expect(try journal.find(id)?.state == .done)
  }

  @Test("no name of the service's finds a table of usher's")
  func neverShadows() throws {
    try connection.script("CREATE TABLE public.operation (name text)")
    _ = try journal.begin(.sample)
    #expect(try connection.query("SELECT name FROM operation").isEmpty)
    try connection.script("CREATE TABLE fresh (i int)")
    #expect(try connection.query("SELECT 'fresh'::regclass::oid = 'public.fresh'::regclass::oid")[0].decode(0))
    #expect(try connection.query("SELECT to_regclass('before_image') IS NULL")[0].decode(0))
  }

  @Test("a role of the schema's name is refused with what to do, and after that it works")
  func role() throws {
    // Seen by this session only: roles belong to the whole server, on which other tests run.
    try connection.rolledBackTransaction {
      try connection.script("CREATE ROLE usher_history")
      let failure = try refusal(journal)
      #expect(failure.message.hasSuffix("role 'usher_history' has the name of usher's schema"))
      #expect(failure.hints == ["rename the role: ALTER ROLE usher_history RENAME TO another_name"])
      try connection.script("ALTER ROLE usher_history RENAME TO another_name")
      #expect(try PostgresHistoryState(connection).obstacle == nil)
    }
    _ = try journal.begin(.sample)
  }

  struct Path: Sendable, CustomTestStringConvertible {
    /// DB and ROLE stand for the test's own.
    let setting: String
    let subject: String
    let wayOut: String
    var testDescription: String { setting }
  }

  @Test(
    "a search path that names it is refused, wherever it is set, and the way out is one",
    arguments: [
      Path(
        setting: "ALTER DATABASE DB SET search_path = usher_history, public", subject: "database DB",
        wayOut: "ALTER DATABASE DB SET search_path = public"),
      Path(
        setting: "ALTER DATABASE DB SET search_path = \"$user\", \"Shop\", USHER_history", subject: "database DB",
        wayOut: "ALTER DATABASE DB SET search_path = \"$user\", \"Shop\""),
      Path(
        setting: "ALTER ROLE ROLE SET search_path = 'usher_history'", subject: "role ROLE",
        wayOut: "ALTER ROLE ROLE RESET search_path"),
      Path(
        setting: "ALTER ROLE ROLE IN DATABASE DB SET search_path = public, usher_history",
        subject: "role ROLE in database DB",
        wayOut: "ALTER ROLE ROLE IN DATABASE DB SET search_path = public"),
    ])
  func path(example: Path) throws {
    let (database, role) = (store.database.name, "path_\(store.database.name)")
    func own(_ text: String) -> String {
      text.replacing("ROLE ROLE", with: "ROLE \(role)").replacing("role ROLE", with: "role \(role)").replacing(
        "DB", with: database)
    }
    try connection.script("CREATE ROLE \(role)")
    defer { _ = try? connection.script("DROP ROLE \(role)") }
    // A setting of a role holds in every database of the server, so that one is seen by this session only.
    try connection.rolledBackTransaction {
      try connection.script(own(example.setting))
      let failure = try refusal(journal)
      #expect(
        failure.message.hasSuffix("the search path of \(own(example.subject)) names usher's schema 'usher_history'"))
      #expect(failure.hints == ["run: \(own(example.wayOut))"])
      try connection.script(own(example.wayOut))
      #expect(try PostgresHistoryState(connection).obstacle == nil)
    }
    _ = try journal.begin(.sample)
  }

  @Test("a search path of this session alone is refused, and the hint says where it comes from")
  func session() throws {
    let other = try PostgresConnection(
      PostgresTarget(store.database.conninfo + " options='-c search_path=public,usher_history'"))
    let failure = try refusal(PostgresJournal(other, actor: .lee))
    #expect(failure.message.hasSuffix("the search path of this session names usher's schema 'usher_history'"))
    #expect(failure.hints == ["remove the schema from `options` in the connection string, or from PGOPTIONS"])
  }

  @Test(
    "paths of other databases, and names that only resemble it, are no obstacle",
    arguments: ["usher, public", "\"USHER_HISTORY\"", "usher_history2", "my_usher_history", "\"$user\""])
  func harmless(path: String) throws {
    let other = try TestDatabase.make()
    try connection.script("ALTER DATABASE \(other.name) SET search_path = usher_history; SET search_path = \(path)")
    #expect(try PostgresHistoryState(connection).obstacle == nil)
    _ = try journal.begin(.sample)
  }

  @Test("a schema of the name that usher did not create is refused, until it is renamed or marked")
  func foreign() throws {
    try connection.script("CREATE SCHEMA usher_history; CREATE TABLE usher_history.operation (name text)")
    let failure = try refusal(journal)
    #expect(failure.message.hasSuffix("its schema 'usher_history' is not usher's"))
    #expect(try connection.query("SELECT name FROM usher_history.operation").isEmpty)
    try connection.script("ALTER SCHEMA usher_history RENAME TO theirs")
    let lock = try store.lock()
    let id = try journal.begin(.sample, holding: lock)
    // As a restore without comments leaves it.
    try connection.script("COMMENT ON SCHEMA usher_history IS NULL")
    let hint = try #require(throws: Failure.self) { try journal.begin(.sample) }.hints[0]
    let statement = "COMMENT ON SCHEMA"
    #expect(hint.contains(": \(statement)"))
    try connection.script(statement + hint.split(separator: statement, maxSplits: 1)[1])
    #expect(try journal.find(id)?.state == .started)
    try lock.release()
  }

  @Test("a start that cannot be recorded leaves no record")
  func halfStarted() throws {
    _ = try journal.begin(.sample)
    try connection.script("ALTER TABLE usher_history.row_image RENAME operation_id TO gone")
    #expect(throws: PostgresError.self) { try journal.begin(.sample) }
    #expect(try connection.query("SELECT FROM usher_history.operation").count == 1)
  }

  @Test("the end is recorded also while somebody interrupts")
  func interrupted() throws {
    let interrupt = Flag()
    let impatient = try store.database.connect(PostgresOptions(isInterrupted: { interrupt.isRaised }))
    let other = PostgresJournal(impatient, actor: .lee)
    let (first, second) = (try other.begin(.sample), try other.begin(.sample))
    // Both records are locked for a while, so that the answers are waited for.
    let blocker = Unshared(try store.database.connect())
    try blocker.value.script("BEGIN; SELECT FROM usher_history.operation FOR UPDATE")
    interrupt.raise()
    let (pid, watcher) = (impatient.backendPID, Unshared(connection))
    let meanwhile = Background {
      try watcher.value.waitFor("wait_event_type = 'Lock'", pid: pid)
      try blocker.value.script("ROLLBACK")
    }
    try other.finish(second, state: .failed, failed: 1, changed: nil)
    try meanwhile.finish()
    try other.markUndone(first, by: second)
    #expect(try [first, second].map { try journal.find($0)?.state } == [.undone, .failed])
  }
}
