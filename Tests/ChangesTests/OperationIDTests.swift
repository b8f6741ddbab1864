import Testing

@testable import Changes

@Suite("Operation ids")
struct OperationIDTests {
  @Test("an id has 26 characters of Crockford's base 32")
  func shape() {
    let id = OperationID(milliseconds: 1_763_900_000_000)
    #expect(id.description.count == 26)
    #expect(id.description.allSatisfy { "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains($0) })
  }

  @Test("an id keeps its millisecond", arguments: [0, 1, 31, 32, 1_763_900_000_123, (1 << 48) - 1])
  func keepsTime(milliseconds: Int) {
    #expect(OperationID(milliseconds: milliseconds).milliseconds == milliseconds)
  }

  @Test("ids sort by time whatever their random part")
  func sorts() {
    let ids = (0..<200).map { OperationID(milliseconds: 1_763_900_000_000 + $0) }
    #expect(ids.shuffled().sorted() == ids)
  }

  @Test("two ids of one millisecond differ")
  func differ() {
    #expect(Set((0..<1000).map { _ in OperationID(milliseconds: 7) }).count == 1000)
  }

  @Test("what is written is read again, in either case of letters")
  func roundTrip() {
    let id = OperationID(milliseconds: 1_763_900_000_000)
    #expect(OperationID(id.description) == id)
    #expect(OperationID(id.description.lowercased()) == id)
    #expect(OperationID(OperationID.example) != nil)
  }

  @Test(
    "what is no id is refused",
    arguments: [
      "", "01JD3XJ8V6K2T9Q4M7R5N1C0A", "01JD3XJ8V6K2T9Q4M7R5N1C0ABC", "01JD3XJ8V6K2T9Q4M7R5N1C0AU",
      "81JD3XJ8V6K2T9Q4M7R5N1C0AB", "01JD3XJ8V6K2T9Q4M7R5N1C0A대", "../../../etc/passwd-000000",
    ])
  func refuses(text: String) {
    #expect(OperationID(text) == nil)
  }

  @Test("a time before 1970 does not trap")
  func negative() {
    #expect(OperationID(milliseconds: -5).milliseconds == 0)
  }
}

@Suite("Undo promises")
struct UndoPromiseTests {
  @Test(
    "a promise is read as it was written",
    arguments: [
      UndoPromise.automatic, .by(command: "usher index drop seat_idx"), .none(reason: "an undo is final"),
      .none(reason: "by: nobody"),
    ])
  func roundTrip(promise: UndoPromise) {
    #expect(UndoPromise(encoded: promise.encoded) == promise)
  }

  @Test("a promise of an unknown form is none, with its text as the reason")
  func unknown() {
    #expect(UndoPromise(encoded: "by the moon") == .none(reason: "by the moon"))
  }
}

@Suite("Outcomes")
struct ChangeOutcomeTests {
  @Test(
    "the state follows from what happened",
    arguments: [
      (ChangeOutcome(changed: 3), OperationState.done), (ChangeOutcome(), .done),
      (ChangeOutcome(changed: 3, failed: 1), .partial), (ChangeOutcome(failed: 1), .failed),
      (ChangeOutcome(changed: 3, failed: 1, wasInterrupted: true), .interrupted),
      (ChangeOutcome(changed: 3, skipped: 2), .done),
    ])
  func state(outcome: ChangeOutcome, expected: OperationState) {
    #expect(outcome.state == expected)
  }
}
