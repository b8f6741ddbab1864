import Testing

@testable import Arguments

@Suite("Values are read by key")
struct TypedValuesTests {
  @Test("keys give typed values, and what is absent gives the key's own answer")
  func typedValues() throws {
    let given = try Sample.values("queue admit 5 --rate 420/min --since @0 -vv -n --no-color")
    #expect(given[Sample.count] == 5)
    #expect(given[Sample.rate] == Rate(perSecond: 7))
    #expect(given[Sample.since] == .absolute(milliseconds: 0))
    #expect(given[Sample.verbose] == 2)
    #expect(given[Sample.dryRun])
    #expect(!given[Sample.color])
    let absent = try Sample.values("queue admit")
    #expect(absent[Sample.count] == nil)
    #expect(absent[Sample.rate] == nil)
    #expect(absent[Sample.verbose] == 0)
    #expect(!absent[Sample.dryRun])
    #expect(absent[Sample.color])
    #expect(absent[Sample.status] == ["INIT", "FAIL"])
    let create = try Sample.values("index create seat status id")
    #expect(try create[Sample.table] == "seat")
    #expect(create[Sample.columns] == ["status", "id"])
    #expect(try Sample.values("outbox replay --topic t")[Sample.topic] == "t")
  }

  @Test("a key that the specification doesn't hold never traps: absent, or an error where a value would be a lie")
  func undeclaredKeys() throws {
    let values = try Sample.values("queue status")
    #expect(values[Sample.columns] == [])
    #expect(values[Sample.count] == nil)
    #expect(throws: UndeclaredKey(name: "TABLE")) { try values[Sample.table] }
    #expect(throws: UndeclaredKey(name: "--topic")) { try values[Sample.topic] }
  }
}
