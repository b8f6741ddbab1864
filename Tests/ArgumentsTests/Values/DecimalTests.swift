import Testing

@testable import Arguments

@Suite("Decimal digits: rule 19")
struct DecimalTests {
  @Test(
    "rule 19: underscores stand between two digits",
    arguments: [
      ("0", [0]),
      ("12", [1, 2]),
      ("1_2_3", [1, 2, 3]),
      ("", nil),
      ("_", nil),
      ("_1", nil),
      ("1_", nil),
      ("1__2", nil),
      ("1.2", nil),
      ("-1", nil),
      ("a", nil),
    ] as [(String, [UInt8]?)])
  func digits(text: String, digits: [UInt8]?) { #expect(Decimal.digits(text.utf8) == digits) }

  @Test(
    "rule 19: a whole number is told from one that is too large, and from no number",
    arguments: [
      ("9223372036854775807", .value(Int.max)),
      ("-9223372036854775808", .value(Int.min)),
      ("9223372036854775808", .tooLarge),
      ("-9223372036854775809", .tooLarge),
      ("00000000000000000000000000000001", .value(1)),
      (String(repeating: "9", count: 10_000), .tooLarge),
      ("9x", .malformed),
      ("99999999999999999999x", .malformed),
      ("", .malformed),
    ] as [(String, Decimal.Reading)])
  func integers(text: String, reading: Decimal.Reading) { #expect(Decimal.integer(text) == reading) }

  @Test(
    "rule 19: a part of a unit is a whole number of steps, or none",
    arguments: [
      ("1.5", 1000, 1500),
      ("1.5", 1, nil),
      ("1.0", 1, 1),
      ("0.001", 1000, 1),
      ("0.0001", 1000, nil),
      ("1.", 1000, nil),
      (".5", 1000, nil),
      ("1.2.3", 1000, nil),
      ("", 1000, nil),
      ("1_0.2_5", 1000, 10_250),
      ("0.50000000000000000000000000000000000000", 2, 1),
    ] as [(String, Int, Int?)])
  func steps(text: String, unit: Int, steps: Int?) {
    #expect(Decimal.steps(text, ofUnit: unit) == steps.map { Int128($0) })
  }

  @Test(
    "rule 19: steps go to 128 bits and not beyond",
    arguments: [
      ("170141183460469231731687303715884105727", 1, true),
      ("170141183460469231731687303715884105728", 1, false),
      ("170141183460469231731687303715884105727", 2, false),
      ("170141183460469231731687303715884105727.5", 2, false),
      ("0.\(String(repeating: "0", count: 40))1", 1, false),
      (String(repeating: "9", count: 10_000), 1, false),
    ])
  func limits(text: String, unit: Int, isAccepted: Bool) {
    #expect((Decimal.steps(text, ofUnit: unit) != nil) == isAccepted)
  }

  @Test(
    "a number is printed as short as it can be read again",
    arguments: [
      (7, "7"),
      (-7, "-7"),
      (0.1, "0.1"),
      (1e21, "1e+21"),
      (1e-7, "1e-07"),
      (123_456_789, "123456789"),
    ] as [(Double, String)])
  func texts(value: Double, text: String) {
    #expect(Decimal.text(value) == text)
    #expect(Decimal.number(text) == value)
  }
}
