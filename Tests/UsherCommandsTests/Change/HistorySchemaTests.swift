import Support
import Testing

/// The schema of the history in PostgreSQL must never stand in the place of the service's own.
@Suite("Changes where the history's schema would shadow the service's tables")
struct HistorySchemaTests {
  @Test(
    "a change, and its dry run, are refused with the reason and a way out, and nothing is changed until it is taken")
  func refused() throws {
    let program = try OutboxProgram()
    try program.fill(3)
    let name = program.database.name
    try program.connection.script("ALTER DATABASE \(name) SET search_path = public, usher_history")
    let reason = "the search path of database \(name) names usher's schema 'usher_history'"
    let run = try program.run("outbox", "replay", "--to", "stdout", "--yes")
    #expect(run.status == 77)
    #expect(run.output == "")
    #expect(run.errors.contains("so nothing was changed: \(reason)\n  cause: "), "\(run.errors)")
    let dry = try program.run("outbox", "replay", "--to", "stdout", "--dry-run")
    #expect(dry.errors.contains("warning: the real run would be refused: "), "\(dry.errors)")
    #expect(dry.errors.contains(reason))
    #expect(try program.count("PUBLISHED") == 0)
    let wayOut = "ALTER DATABASE \(name) SET search_path = public"
    #expect(run.errors.contains("  hint: run: \(wayOut)\n"), "\(run.errors)")
    try program.connection.script(wayOut)
    #expect(try program.run("outbox", "replay", "--to", "stdout", "--yes").status == 0)
    #expect(try program.count("PUBLISHED") == 3)
  }

  @Test("after a change, a service whose role is called usher finds its own tables, and so does usher")
  func ownTables() throws {
    let program = try OutboxProgram()
    try program.fill(3)
    try program.connection.script("CREATE SCHEMA usher; CREATE TABLE usher.operation (name text PRIMARY KEY)")
    #expect(try program.run("outbox", "replay", "--to", "stdout", "--yes").status == 0)
    #expect(try program.connection.query("SELECT name FROM operation").isEmpty)
    let list = try program.run("index", "list", "--table", "operation", "-o", "csv")
    #expect(
      list.output.split(separator: "\n").count == 2 && list.output.contains("\nusher.operation_pkey,operation,"),
      "\(list)")
    let all = try program.run("index", "list", "-o", "csv")
    #expect(all.output.contains("\nusher.operation_pkey,") && !all.output.contains("usher_history"), "\(all)")
    #expect(try program.run("undo", "--last", "--yes").status == 0)
    #expect(try program.count("PUBLISHED") == 0)
  }
}
