import Glibc
import Postgres
import Support
import Testing

/// The built program, because libpq reads variables of the process, which all tests here share.
@Suite("libpq's own variables and files")
final class EnvironmentTests {
  let database: TestDatabase
  let host: String
  let directory: String

  init() throws {
    database = try TestDatabase.make()
    host = try TestServers.shared().home.socketDirectory
    let connection = try database.connect()
    try connection.script("CREATE TABLE landmark (id int PRIMARY KEY); GRANT SELECT ON landmark TO PUBLIC")
    var template = Array("/tmp/usher-libpq-XXXXXX".utf8CString)
    directory = try #require(mkdtemp(&template).map { String(cString: $0) })
  }

  deinit {
    for name in ["pgpass", "services", ".pg_service.conf"] { unlink("\(directory)/\(name)") }
    rmdir(directory)
  }

  private func write(_ text: String, to name: String) throws -> String {
    let path = "\(directory)/\(name)"
    let file = try #require(fopen(path, "w"))
    fputs(text, file)
    fclose(file)
    chmod(path, 0o600)
    return path
  }

  /// The indexes of the landmark, as the program sees them with these variables and no others.
  private func look(_ variables: [String: String]) throws -> Binary.Run {
    try Binary.run(
      ["index", "list", "--table", "landmark", "-o", "json"],
      environment: variables.merging(["HOME": directory, "USHER_CONFIG": "/dev/null"]) { own, _ in own })
  }

  private func expectArrival(_ variables: [String: String], sourceLocation: SourceLocation = #_sourceLocation) throws {
    let run = try look(variables)
    #expect(run.status == 0, "\(run.errors)", sourceLocation: sourceLocation)
    #expect(run.output.contains("landmark_pkey"), sourceLocation: sourceLocation)
  }

  @Test("the variables alone lead to the database, and fill up what a connection string leaves out")
  func variables() throws {
    let place = ["PGHOST": host, "PGPORT": "5432", "PGUSER": "usher"]
    try expectArrival(place.merging(["PGDATABASE": database.name]) { own, _ in own })
    try expectArrival(place.merging(["USHER_POSTGRES": database.name]) { own, _ in own })
    try expectArrival(
      place.merging(["USHER_POSTGRES": "dbname=\(database.name)", "PGDATABASE": "other"]) { own, _ in own })
    let missing = try look(place.merging(["PGDATABASE": "no_such_thing"]) { own, _ in own })
    #expect(missing.status == 69)
    #expect(missing.errors.contains("no such database, no_such_thing at \(host):5432"))
  }

  @Test("a service is found in the file that a variable names, and in the home directory")
  func services() throws {
    let service = "[sale]\nhost=\(host)\nport=5432\nuser=usher\ndbname=\(database.name)\n"
    let file = try write(service, to: "services")
    try expectArrival(["PGSERVICEFILE": file, "PGSERVICE": "sale"])
    try expectArrival(["PGSERVICEFILE": file, "USHER_POSTGRES": "service=sale"])
    _ = try write(service, to: ".pg_service.conf")
    try expectArrival(["USHER_POSTGRES": "service=sale"])
    let unknown = try look(["PGSERVICEFILE": file, "PGSERVICE": "sael"])
    #expect(unknown.status == 69)
    #expect(unknown.errors.contains("definition of service \"sael\" not found"))
  }

  @Test("a password comes from the variable or the file, and a wrong one is refused without being shown")
  func passwords() throws {
    try guardedRole.get()
    let place = ["PGHOST": host, "PGUSER": "guarded", "PGDATABASE": database.name]
    try expectArrival(place.merging(["PGPASSWORD": "right"]) { own, _ in own })
    let file = try write("\(host):5432:*:guarded:right\n", to: "pgpass")
    try expectArrival(place.merging(["PGPASSFILE": file]) { own, _ in own })
    _ = try write("*:*:*:guarded:s3cret\n", to: "pgpass")
    for wrong in [["PGPASSWORD": "s3cret"], ["PGPASSFILE": file], [:]] {
      let run = try look(place.merging(wrong) { own, _ in own })
      #expect(run.status == 77, "\(wrong)")
      #expect(run.errors.contains("PostgreSQL refuses the login, \(database.name) at \(host):5432"))
      #expect(!run.errors.contains("s3cret"))
      #expect(run.output.isEmpty)
    }
  }

  @Test("the variable's time for connecting is kept")
  func connectTimeout() throws {
    let listener = try Listener()
    let run = try look(["PGHOST": "127.0.0.1", "PGPORT": "\(listener.port)", "PGCONNECT_TIMEOUT": "1"])
    #expect(run.status == 69)
    #expect(run.errors.contains("cannot reach PostgreSQL at 127.0.0.1:\(listener.port) (timed out after 1s)"))
  }
}
