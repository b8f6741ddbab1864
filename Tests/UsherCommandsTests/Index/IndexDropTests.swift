import Postgres
import Sandbox
import Support
import Testing

@Suite("usher index drop")
struct IndexDropTests {
  private let program: IndexProgram

  init() throws { program = try IndexProgram() }

  @Test("keeps the definition, and undo builds the index again")
  func dropAndUndo() throws {
    try program.connection.script("CREATE INDEX victim ON seat (status DESC) WHERE number > 3")
    let before = try program.connection.query("SELECT pg_get_indexdef('victim'::regclass) AS d")[0].decode(
      "d", as: String.self)
    #expect(try program.usher("index", "drop", "victim", "--dry-run").output.contains(before))
    let dropped = try program.usher("index", "drop", "victim", "--yes", "--confirm", "public.victim")
    #expect(dropped.status == 0)
    #expect(dropped.output.hasPrefix("dropped index 'public.victim'; undo with: usher undo 01"))
    #expect(try program.names() == ["seat_pkey"])
    #expect(try program.usher("undo", "--last", "--dry-run").output.contains("build index 'public.victim' again"))
    let undone = try program.usher("undo", "--last", "--yes")
    #expect(undone.status == 0)
    #expect(try program.connection.query("SELECT pg_get_indexdef('victim'::regclass) AS d")[0].decode("d") == before)
    #expect(try program.usher("history").output.contains("undone"))
  }

  @Test("mistakes end with their status, and change nothing")
  func mistakes() throws {
    #expect(try program.usher("index", "drop", "seat_pkey", "--yes", "--confirm", "public.seat_pkey").status == 77)
    #expect(try program.usher("index", "drop", "nowhere", "--yes").status == 65)
    #expect(try program.names() == ["seat_pkey"])
  }

  @Test("an index under a constraint is not dropped, and the constraint is named")
  func constraint() throws {
    let shop = try Shop()
    for name in ["seat_pkey", "seat_once_an_option"] {
      let run = try shop.usher("index", "drop", name, "--yes")
      #expect(run.status == 77)
      #expect(run.errors.contains(name))
    }
    #expect(try shop.usher("index", "drop", "nonesuch", "--yes").status == 65)
    #expect(try shop.usher("index", "drop", "seat", "--yes").status == 65)
  }
}
