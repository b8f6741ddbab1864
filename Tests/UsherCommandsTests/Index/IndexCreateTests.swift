import Postgres
import Sandbox
import Support
import Testing

@Suite("usher index create")
struct IndexCreateTests {
  private let program: IndexProgram

  init() throws { program = try IndexProgram() }

  @Test("shows its plan, builds, and finds nothing to do the second time")
  func create() throws {
    let plan = try program.usher("index", "create", "seat", "status", "number desc", "--dry-run")
    #expect(plan.status == 0)
    #expect(plan.output.hasPrefix("would create index 'public.seat_status_number_idx' on 'public.seat' ("))
    #expect(plan.output.contains("about 500 rows"))
    #expect(plan.output.contains("estimated time: "))
    #expect(plan.output.hasSuffix("nothing was changed\n"))
    #expect(try program.names() == ["seat_pkey"])
    let built = try program.usher("index", "create", "seat", "status", "number desc", "--yes")
    #expect(built.status == 0)
    #expect(
      built.output == """
        created index 'public.seat_status_number_idx' on 'public.seat'; undo with: \
        usher index drop public.seat_status_number_idx\n
        """)
    #expect(try program.names() == ["seat_pkey", "seat_status_number_idx"])
    let again = try program.usher("index", "create", "seat", "status", "number desc", "--yes")
    #expect(again.status == 0)
    #expect(again.output.hasPrefix("nothing to do: 'public.seat_status_number_idx' is the same index"))
  }

  @Test("its result is an object that scripts read, with every option in the statement")
  func createAsJSON() throws {
    let run = try program.usher(
      "index", "create", "public.seat", "number", "--unique", "--include", "status,id", "--where", "number > 0",
      "--name",
      "chosen", "--yes", "-o", "json")
    #expect(run.status == 0)
    for part in [
      "\"planned\": 1", "\"changed\": 1", "\"failed\": 0", "\"dry_run\": false", "\"duration_ms\": ",
      "\"operation\": \"01",
    ] {
      #expect(run.output.contains(part), "\(part) in \(run.output)")
    }
    #expect(
      try program.connection.query("SELECT pg_get_indexdef('chosen'::regclass) AS d")[0].decode("d")
        == "CREATE UNIQUE INDEX chosen ON public.seat USING btree (number) INCLUDE (status, id) WHERE (number > 0)")
  }

  @Test("a name that needs quotes comes back in the way to undo it, fit for a shell")
  func quotedNames() throws {
    let name = "\"it's \"\"odd\"\"\""
    let made = try program.usher("index", "create", "seat", "number", "--name", name, "--yes")
    #expect(made.status == 0)
    let command = try #require(made.output.split(separator: "undo with: usher ").last)
    let undone = try Binary.run(
      program: "/bin/sh", ["-c", "\"$0\" \(command.filter { $0 != "\n" }) --yes", try Binary.path()],
      environment: program.environment)
    #expect(undone.status == 0, "\(undone.errors)")
    #expect(try program.names() == ["seat_pkey"])
  }

  @Test("mistakes end with their status, and change nothing")
  func mistakes() throws {
    #expect(try program.usher("index", "create", "seat").status == 64)
    #expect(try program.usher("index", "create", "seat", "status").status == 77)
    let twice = try program.usher("index", "create", "seat", "status", "status desc", "--yes")
    #expect(twice.status == 64)
    #expect(twice.errors.contains("column 'status' is given twice"))
    #expect(try program.usher("index", "create", "pg_class", "relname", "--dry-run").status == 77)
    let column = try program.usher("index", "create", "seat", "stauts", "--yes")
    #expect(column.status == 65)
    #expect(column.errors.contains("hint: its columns: id, status, number"))
    #expect(try program.usher("index", "create", "nowhere", "id", "--yes").status == 65)
    let twins = try program.usher("index", "create", "seat", "status", "--unique", "--yes")
    #expect(twins.status == 65)
    #expect(twins.errors.contains("cause: (LOCKED) in ") || twins.errors.contains("cause: ("), "\(twins.errors)")
    let long = try program.usher(
      "index", "create", "seat", "status", "--yes", "--name", String(repeating: "n", count: 64))
    #expect(long.status == 64)
    #expect(long.errors.contains("has 64 bytes, and a name in PostgreSQL has at most 63"))
    let elsewhere = try program.usher("index", "create", "seat", "status", "--yes", "--name", "other.idx")
    #expect(elsewhere.status == 64)
    #expect(elsewhere.errors.contains("'public.seat' is not in schema 'other'"))
    #expect(try program.names() == ["seat_pkey"])
  }

  @Test(
    "a name is read as SQL reads it",
    arguments: [
      ("public.foo", "foo"), ("My_Idx", "my_idx"), ("\"My_Idx\"", "My_Idx"), ("PUBLIC.\"a.b\"", "a.b"),
      (String(repeating: "좌", count: 21), String(repeating: "좌", count: 21)),
    ])
  func sqlNames(word: String, name: String) throws {
    let run = try program.usher("index", "create", "seat", "status", "--yes", "--name", word)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try program.names().contains(name))
  }
}
