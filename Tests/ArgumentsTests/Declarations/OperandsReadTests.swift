import Testing

@testable import Arguments

@Suite("Operands take their words in order")
struct OperandsReadTests {
  private static func parser(_ operands: any OperandDeclaration...) -> Parser {
    Parser(CommandSpecification("tool", summary: "x", operands: operands))
  }

  @Test(
    "required ones first, then optional ones, then the list",
    arguments: [
      (["1"], ": FIRST 1"),
      (["1", "2"], ": FIRST 1, SECOND 2"),
      (["1", "2", "3"], ": FIRST 1, OTHERS [3], SECOND 2"),
      (["1", "2", "3", "4"], ": FIRST 1, OTHERS [3, 4], SECOND 2"),
      ([], "missing FIRST; FIRST: The first"),
      (["x"], #"invalid value 'x' for FIRST: expected a whole number, for example 10"#),
      (["1", "2", "3", "y"], #"invalid value 'y' for OTHERS: expected a whole number, for example 10"#),
    ] as [([String], String)])
  func order(words: [String], outcome: String) {
    let parser = Self.parser(
      Operand("FIRST", .integer, help: "The first"), OptionalOperand("SECOND", .integer, help: "The second"),
      OperandList("OTHERS", .integer, help: "The others"))
    #expect(Sample.outcome(words, of: parser) == outcome)
  }

  @Test(
    "a list with a minimum is missing until it has that many",
    arguments: [
      (["a"], "missing NAME (at least 3); NAME (at least 3): Names"),
      (["a", "b"], "missing NAME (at least 3); NAME (at least 3): Names"),
      (["a", "b", "c"], #": NAME ["a", "b", "c"]"#),
      (["a", "b", "c", "d"], #": NAME ["a", "b", "c", "d"]"#),
    ])
  func minimum(words: [String], outcome: String) {
    let parser = Self.parser(OperandList("NAME", .text, minimum: 3, help: "Names"))
    #expect(Sample.outcome(words, of: parser) == outcome)
  }

  @Test("a choice among operands is suggested as one among options is")
  func choices() {
    let parser = Self.parser(Operand("WHEN", .choice(["before", "after"]), help: "When"))
    #expect(
      Sample.outcome(["aftr"], of: parser)
        == #"invalid value 'aftr' for WHEN: expected one of before, after; did you mean after?; try: tool after"#)
  }

  @Test("operands know the words that give their value")
  func words() {
    #expect(Operand("N", .integer, help: "x").words(for: 1000) == ["1000"])
    #expect(OptionalOperand("HOLD", .duration, help: "x").words(for: Duration.seconds(60)) == ["1m"])
    #expect(OperandList("N", .integer, help: "x").words(for: [1, -2]) == ["1", "-2"])
    #expect(OperandList("N", .integer, help: "x").words(for: "no list") == [])
    #expect(Operand("N", .integer, help: "x").words(for: "no number") == [])
  }

  @Test("how many words they need, and whether they take all, is known to the help")
  func shape() {
    let all: [any OperandDeclaration] = [
      Operand("ONE", .text, help: "x"), OptionalOperand("TWO", .text, help: "x"),
      OperandList("REST", .text, help: "x"), OperandList("MANY", .text, minimum: 2, help: "x"),
    ]
    #expect(all.map(\.minimum) == [1, 0, 0, 2])
    #expect(all.map(\.isList) == [false, false, true, true])
    #expect(all.map(Synopsis.operand) == ["ONE", "[TWO]", "[REST...]", "MANY..."])
  }
}
