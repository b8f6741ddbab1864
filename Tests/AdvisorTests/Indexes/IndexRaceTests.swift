import Postgres
import Support
import Testing

@testable import Advisor

@Suite("indexes that come and go while they are looked at")
struct IndexRaceTests {
  @Test("are listed or left out, and are never an error")
  func vanishing() throws {
    let stage = try IndexStage(seats: 10)
    let database = stage.database
    let churn = Background { own in
      let connection = try IndexStage.connect(database)
      while !own.isStopping {
        try connection.script("CREATE INDEX passing ON seat (status)")
        try connection.script("DROP INDEX passing")
      }
    }
    for _ in 0..<400 {
      let names = try stage.indexes.list(.init(table: "seat")).map(\.name)
      #expect(names == ["passing", "seat_pkey"] || names == ["seat_pkey"])
      let typed = try Relations(stage.connection).droppableIndexes(limit: 10).map(\.name)
      #expect(typed == ["passing"] || typed == [])
    }
    try churn.stop()
  }

  @Test("a column of a table that went away is no error, but none")
  func vanishedTable() throws {
    let stage = try IndexStage(seats: 1)
    let relations = Relations(stage.connection)
    #expect(try relations.columns(of: "seat", limit: 2).map(\.name) == ["id", "concert_option_id"])
    try stage.connection.script("DROP TABLE seat")
    #expect(try relations.columns(of: "seat", limit: 2) == [])
    #expect(try relations.tables(limit: 10) == [])
  }
}
