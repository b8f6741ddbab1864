import Failures
import Support
import Testing

@testable import Postgres

@Suite("What no error shows")
struct SecretTests {
  @Test(
    "from the first quotation mark to the last nothing is shown, in whatever language the server speaks",
    arguments: [
      ("division by zero", "division by zero"),
      ("invalid input syntax for type integer: \"x\"", "invalid input syntax for type integer: \"…\""),
      ("invalid input syntax for type integer: \"x\"y\"", "invalid input syntax for type integer: \"…\""),
      ("value \"99999\" is out of range for type smallint", "value \"…\" is out of range for type smallint"),
      ("ungültige Eingabesyntax für Typ integer: »x«", "ungültige Eingabesyntax für Typ integer: »…«"),
      (
        "syntaxe en entrée invalide pour le type integer : « x »",
        "syntaxe en entrée invalide pour le type integer : «…»"
      ),
      ("неверный синтаксис для типа integer: \"x\"", "неверный синтаксис для типа integer: \"…\""),
      ("integer型の入力構文が不正です: \"x\"", "integer型の入力構文が不正です: \"…\""),
      ("an end that is missing: \"x", "an end that is missing: \"…"),
      ("an accent on the mark: \"\u{301}x\"\u{301}", "an accent on the mark: \"…\"\u{301}"),
      ("the first line\nx", "the first line"), ("", ""), ("\"", "\"…"),
    ])
  func quotations(message: String, shown: String) {
    #expect(ConnectionParameters.withoutQuotations(message) == shown)
  }

  @Test(
    "a value that the server cannot read is in no failure, even one with quotation marks in it",
    arguments: [
      ("SELECT $1::smallint", "47110815", "22003"), ("SELECT $1::int", "4711\"0815", "22P02"),
      ("SELECT $1::bigint", "9223372036854770815", nil), ("SELECT $1::bigint", "99999999999999994711", "22003"),
      ("SELECT $1::float8", "1e4711", "22003"), ("SELECT $1::date", "4711-02-30", "22008"),
      ("SELECT $1::timestamptz", "x\" 4711 \"", "22007"), ("SELECT $1::uuid", "4711", "22P02"),
      ("SELECT $1::jsonb", "{\"a\": 4711x\"}", "22P02"), ("SELECT $1::int[]", "{1,\"4711\"x}", "22P02"),
      ("SELECT $1::bytea", "\\x4711\"", "22023"), ("SELECT $1::numeric(3,0)", "4711", "22003"),
      ("SELECT $1::bool", "«4711»", "22P02"), ("SELECT $1::interval", "4711 \"parsecs\"", "22007"),
      ("SELECT ('x' || $1::text)::int", "4711\"0815", "22P02"),
    ] as [(String, String, String?)])
  func values(sql: String, value: String, state: String?) throws {
    let connection = try PostgresConnection(scratchServer())
    guard let state else {
      #expect(try connection.query(sql, [PostgresValue(value)]).count == 1)
      return
    }
    let error = try #require(throws: PostgresError.self) { try connection.query(sql, [PostgresValue(value)]) }
    #expect(error.sqlState == state)
    #expect(error.failure.kind == .badInput)
    for marker in ["4711", "0815", "parsecs"] { #expect(!"\(error.failure)".contains(marker), "\(error.failure)") }
  }

  @Test(
    "a password is in no description and in no failure, wherever in the connection string it stands",
    arguments: [
      "postgresql://ann:s3cret@127.0.0.1:1/tickets", "postgres://ann:s3%63ret@127.0.0.1:1/tickets",
      "host=127.0.0.1 port=1 user=ann dbname=tickets password=s3cret",
      "postgresql://ann@127.0.0.1:1/tickets?password=s3cret", "ann:s3cret@127.0.0.1/tickets",
      "dbname=postgresql://ann:s3cret@127.0.0.1:1/tickets", "host=127.0.0.1 dbname=ann:s3cret@db-1",
      "postgresql://ann:s3\"cret%zz@127.0.0.1/tickets", "postgresql://ann@127.0.0.1/x?pasword=s3cret",
      "host=127.0.0.1 password='s3cret", "passwrd=s3cret host=127.0.0.1", "mysql://ann:s3cret@127.0.0.1/tickets",
      "host=127.0.0.1 user=ann pass word=s3cret",
    ])
  func passwords(conninfo: String) throws {
    let target = PostgresTarget(conninfo)
    let error = try #require(throws: PostgresError.self) { try PostgresConnection(target) }
    var dumped = ""
    dump(target, to: &dumped)
    for text in ["\(target)", String(reflecting: [target]), "\(error)", "\(error.failure)", dumped] {
      #expect(!text.contains("cret"), "\(text)")
    }
    #expect([.configuration, .unavailable].contains(error.failure.kind))
  }

  @Test("an address where libpq wants a name is a configuration error that says so")
  func addressAsName() {
    for conninfo in ["ann:s3cret@db-1/tickets", "dbname=postgresql://db-1/tickets"] {
      let failure = #expect(throws: PostgresError.self) { try PostgresConnection(PostgresTarget(conninfo)) }?.failure
      #expect(failure?.kind == .configuration)
      #expect(failure?.causes == ["the name of the database is an address"])
      #expect(failure?.hints.first?.contains("postgresql://user@host:5432/database") == true)
    }
  }

  @Test("a parameter is described by its size alone, wherever it is printed")
  func parameters() {
    let values: [PostgresValue?] = ["s3cret", PostgresValue(bytes: Array("s3cret".utf8)), nil]
    var dumped = ""
    dump(values, to: &dumped)
    for text in ["\(values)", String(reflecting: values), dumped] {
      #expect(!text.contains("s3cret") && !text.contains("115"), "\(text)")
      #expect(text.contains("a parameter of 6 bytes"))
    }
  }
}
