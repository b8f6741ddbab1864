import Support
import Testing

@Suite("usher index create, where the build fails")
struct IndexCreateFailureTests {
  @Test("rows that break --unique leave no index behind, and the plan shows them")
  func uniqueViolation() throws {
    let shop = try Shop()
    let before = try shop.state()
    let run = try shop.usher("index", "create", "seat", "price", "--unique", "--yes", "--name", "twins")
    #expect(run.status == 65)
    #expect(
      run.errors.contains("hint: find all: SELECT \"price\", count(*) FROM \"public\".\"seat\" WHERE "), "\(run.errors)"
    )
    #expect(run.errors.contains("cause: ("))
    #expect(try shop.state() == before)
    #expect(try shop.postgres.query("SELECT FROM pg_index WHERE NOT indisvalid").isEmpty)
  }

  @Test("a condition that fails on some row leaves no index behind")
  func failingCondition() throws {
    let shop = try Shop()
    let before = try shop.state()
    let run = try shop.usher("index", "create", "seat", "status", "--where", "100 / (seat_number - 7) > 1", "--yes")
    #expect(run.status != 0)
    #expect(run.errors.contains("division by zero"), "\(run.errors)")
    #expect(try shop.state() == before)
    #expect(try shop.postgres.query("SELECT FROM pg_index WHERE NOT indisvalid").isEmpty)
  }

  static let mistakes: [(words: [String], status: Int32)] = [
    (["nonesuch", "id"], 65), (["seat", "nonesuch"], 65), (["seat", "status", "--where", "nonesuch = 1"], 65),
    (["seat", "status", "--where", "price >"], 65), (["seat", "status", "--include", "nonesuch"], 65),
    (["seat", "status", "status"], 64), (["seat", "status", "--where", "random() > 0.5"], 65),
    (["seat", "status", "--name", ""], 64),
  ]

  @Test("what cannot be an index is found before anything is built")
  func mistakes() throws {
    let shop = try Shop()
    let before = try shop.state()
    for (words, status) in Self.mistakes {
      for ending in ["--yes", "--dry-run"] {
        let run = try shop.run(["index", "create"] + words + [ending])
        #expect(run.status == status, "\(words): \(run.errors)")
        #expect(run.output.isEmpty, "\(words)")
      }
    }
    #expect(try shop.state() == before)
    #expect(try shop.isUntouched)
  }
}
