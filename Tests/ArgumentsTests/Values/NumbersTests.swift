import Testing

@testable import Arguments

@Suite("Numbers, ports and percentages: rules 18 and 19")
struct NumbersTests {
  @Test(
    "rule 19: whole numbers are decimal, with underscores between digits, never beyond 64 bits",
    arguments: [
      ("0", 0),
      ("007", 7),
      ("-5", -5),
      ("-0", 0),
      ("1_000_000", 1_000_000),
      ("9223372036854775807", Int.max),
      ("-9223372036854775808", Int.min),
      ("9223372036854775808", nil),
      ("-9223372036854775809", nil),
      ("99999999999999999999999999", nil),
      ("", nil),
      ("-", nil),
      ("+5", nil),
      ("_1", nil),
      ("1_", nil),
      ("1__0", nil),
      ("-_1", nil),
      ("0x10", nil),
      ("1.0", nil),
      ("1e3", nil),
      (" 1", nil),
      ("١", nil),
      ("１", nil),
      ("--5", nil),
    ] as [(String, Int?)])
  func integers(word: String, expected: Int?) { #expect(ValueKind.integer.reads(word) == expected) }

  @Test(
    "rule 19: a whole number that is none is told how it is written",
    arguments: [
      ("+5", "without the plus sign"),
      ("1,000", "digits are grouped with underscores: 1_000"),
      ("1,5", nil),
      (".5", nil),
      ("0x10", "numbers are decimal"),
      ("0b1", "numbers are decimal"),
      ("0o7", "numbers are decimal"),
      ("1.0", "written in digits alone: 1"),
      ("1e3", "written in digits alone: 1000"),
      ("-2e2", "written in digits alone: -200"),
      ("1.5", "without a fraction"),
      ("1e300", nil),
      ("99999999999999999999", "whole numbers go from -9223372036854775808 to 9223372036854775807"),
      ("ten", nil),
      ("", nil),
      ("-", nil),
    ] as [(String, String?)])
  func integerHints(word: String, hint: String?) throws { #expect(try ValueKind.integer.hint(for: word) == hint) }

  @Test(
    "rule 19: a range is kept at both ends, and said",
    arguments: [
      (ValueKind.integer(1...9), 1, 9, "a whole number from 1 to 9", "1"),
      (.integer(5...50), 5, 50, "a whole number from 5 to 50", "10"),
      (.port, 1, 65535, "a port from 1 to 65535", "5432"),
      (.integer(Int.min...Int.min), Int.min, Int.min, "a whole number from \(Int.min) to \(Int.min)", "\(Int.min)"),
    ])
  func ranges(kind: ValueKind<Int>, lowest: Int, highest: Int, expected: String, example: String) throws {
    #expect(kind.form.expected == expected)
    #expect(kind.form.example == example)
    for value in [lowest, highest] { #expect(kind.reads("\(value)") == value) }
    if lowest > Int.min { #expect(kind.reads("\(lowest - 1)") == nil) }
    #expect(kind.reads("\(highest + 1)") == nil)
    #expect(try kind.hint(for: "\(highest + 1)") == nil)
  }

  @Test(
    "rule 19: no hint offers what the range refuses",
    arguments: ["1e9", "1,000", "+9", "9.0"])
  func hintsInRange(word: String) throws { #expect(try ValueKind.integer(1...8).hint(for: word) == nil) }

  @Test("rule 19: an open range says which end it has")
  func openRanges() {
    #expect(ValueKind<Int>.integer(1...).form.expected == "a whole number of at least 1")
    #expect(ValueKind<Int>.integer(...5).form.expected == "a whole number of at most 5")
    #expect(ValueKind<Int>.integer(...5).form.example == "5")
    #expect(ValueKind<Int>.integer(1...).reads("0") == nil)
    #expect(ValueKind<Int>.integer(...5).reads("6") == nil)
    #expect(ValueKind<Double>.number(0...1).form.expected == "a number from 0 to 1")
    #expect(ValueKind<Double>.number(0.25...).form.expected == "a number of at least 0.25")
  }

  @Test(
    "rule 19: numbers are finite decimals",
    arguments: [
      ("1.5", 1.5),
      ("-1e3", -1000),
      ("1_000.25", 1000.25),
      ("1E-2", 0.01),
      ("5e+1", 50),
      ("-0", 0),
      ("0.1", 0.1),
      ("1.7976931348623157e308", Double.greatestFiniteMagnitude),
      ("5e-324", Double.leastNonzeroMagnitude),
      ("1e-999", 0),
      ("1e999", nil),
      ("-1e999", nil),
      (".5", nil),
      ("5.", nil),
      ("1e", nil),
      ("1e+", nil),
      ("1e1.5", nil),
      ("nan", nil),
      ("inf", nil),
      ("0x1p3", nil),
      ("1.5x", nil),
      ("1._5", nil),
      ("", nil),
      ("-", nil),
      ("+1.5", nil),
      ("1,5", nil),
    ] as [(String, Double?)])
  func numbers(word: String, expected: Double?) { #expect(ValueKind.number.reads(word) == expected) }

  @Test(
    "rule 19: a number that is none is told how it is written",
    arguments: [
      (".5", "a digit stands before the point: 0.5"),
      ("-.5", "a digit stands before the point: -0.5"),
      ("1,5", "the decimal sign is a point: 1.5"),
      ("1,000,000", "digits are grouped with underscores: 1_000_000"),
      ("+5", "without the plus sign"),
      ("0x1p3", "numbers are decimal"),
      ("many", nil),
      ("1e999", "numbers go from -1.7976931348623157e+308 to 1.7976931348623157e+308"),
      ("-1e999", "numbers go from -1.7976931348623157e+308 to 1.7976931348623157e+308"),
    ] as [(String, String?)])
  func numberHints(word: String, hint: String?) throws { #expect(try ValueKind.number.hint(for: word) == hint) }

  @Test(
    "rule 18: percentages carry their sign",
    arguments: [
      ("95%", 95),
      ("99.9%", 99.9),
      ("0%", 0),
      ("100%", 100),
      ("1e1%", 10),
      ("95", nil),
      ("0.95", nil),
      ("101%", nil),
      ("100.1%", nil),
      ("-1%", nil),
      ("%", nil),
      ("95%%", nil),
      ("95 %", nil),
      ("", nil),
    ] as [(String, Double?)])
  func percentages(word: String, expected: Double?) { #expect(ValueKind.percent.reads(word) == expected) }

  @Test(
    "rule 18: a percentage without its sign could be two numbers",
    arguments: [
      ("95", "the sign is required: 95% rather than 95 or 0.95"),
      ("0.95", "the sign is required: 95% rather than 95 or 0.95"),
      ("most", nil),
      ("101%", nil),
      ("", nil),
    ] as [(String, String?)])
  func percentHints(word: String, hint: String?) throws { #expect(try ValueKind.percent.hint(for: word) == hint) }

  @Test("numbers of every size survive print and parse")
  func printing() throws {
    try ValueKind.integer.survivesPrinting {
      Int(truncatingIfNeeded: $0.next()) >> Int.random(in: 0...63, using: &$0)
    }
    try ValueKind.integer.survivesPrinting([.min, .min + 1, -1, 0, 1, .max - 1, .max])
    try ValueKind.number.survivesPrinting { random in
      let value = Double(bitPattern: random.next())
      return value.isFinite ? value : 0
    }
    try ValueKind.number.survivesPrinting([
      0, 1, -1, 0.1, 1 / 3, 1e15, 1e16, 1e17, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .leastNormalMagnitude,
      .ulpOfOne,
    ])
    try ValueKind.percent.survivesPrinting { Double.random(in: 0...100, using: &$0) }
    try ValueKind.percent.survivesPrinting([0, 100, .leastNonzeroMagnitude, 100.0.nextDown])
    try ValueKind.port.survivesPrinting([1, 80, 65535])
  }
}
