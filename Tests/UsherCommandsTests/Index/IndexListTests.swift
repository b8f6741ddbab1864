import Support
import Testing

@Suite("usher index list")
struct IndexListTests {
  private let program: IndexProgram

  init() throws { program = try IndexProgram() }

  @Test("prints what scripts rely on")
  func list() throws {
    let run = try program.usher("index", "list", "--table", "seat", "-o", "jsonl")
    #expect(run.status == 0)
    #expect(
      run.output.hasPrefix("{\"name\": \"public.seat_pkey\", \"table\": \"seat\", \"bytes\": ")
        || run.output.hasPrefix("{\"name\":\"public.seat_pkey\""))
    #expect(run.output.contains("CREATE UNIQUE INDEX seat_pkey ON public.seat USING btree (id)"))
    #expect(try program.usher("index", "list", "--table", "nowhere").status == 65)
  }
}
