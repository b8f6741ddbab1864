import Testing

@testable import Arguments

/// What each way to declare an option makes of its occurrences.
@Suite("Options read by themselves")
struct OptionsReadTests {
  /// The value after some occurrences, as text; `nil` where one of them is refused.
  private static func value(_ option: any OptionDeclaration, _ occurrences: [Occurrence]) -> String? {
    let readings = occurrences.compactMap { try? option.reading($0) }
    return readings.count == occurrences.count ? "\(option.value(of: readings))" : nil
  }

  @Test(
    "a value is the last one given",
    arguments: [
      (["5"], "5"),
      (["5", "6"], "6"),
      (["1_000"], "1000"),
      (["x"], nil),
      (["5", "x"], nil),
      ([""], nil),
    ] as [([String], String?)])
  func values(texts: [String], value: String?) {
    let occurrences = texts.map(Occurrence.text)
    #expect(Self.value(Option("count", .integer, help: "x"), occurrences) == value)
    #expect(Self.value(DefaultedOption("count", .integer, default: 1, help: "x"), occurrences) == value)
    #expect(Self.value(RequiredOption("count", .integer, help: "x"), occurrences) == value)
  }

  @Test("a value without a text is refused, not made up")
  func withoutText() {
    for option: any OptionDeclaration in [
      Option("count", .integer, help: "x"), DefaultedOption("count", .integer, default: 1, help: "x"),
      RequiredOption("count", .integer, help: "x"), ListOption("count", .integer, help: "x"),
    ] {
      #expect(Self.value(option, [.switched(true)]) == nil)
    }
  }

  @Test(
    "a toggle is as it was last said",
    arguments: [
      ([.switched(true)], "true"),
      ([.switched(true), .switched(false)], "false"),
      ([.text("on")], "true"),
      ([.text("NO")], "false"),
      ([.text("2")], nil),
      ([.text("")], nil),
    ] as [([Occurrence], String?)])
  func toggles(occurrences: [Occurrence], value: String?) {
    #expect(Self.value(Toggle("fast", help: "x"), occurrences) == value)
  }

  @Test(
    "a counter counts, and a variable's number counts as so many",
    arguments: [
      ([.switched(true)], "1"),
      ([.switched(true), .switched(true)], "2"),
      ([.text("3")], "3"),
      ([.text("0")], "0"),
      ([.text("1000")], "1000"),
      ([.text("1001")], nil),
      ([.text("-1")], nil),
      ([.text("yes")], nil),
      ([.text("9223372036854775808")], nil),
    ] as [([Occurrence], String?)])
  func counters(occurrences: [Occurrence], value: String?) {
    #expect(Self.value(Counter("verbose", help: "x"), occurrences) == value)
  }

  @Test(
    "a list appends, and divides a word only where it has a separator",
    arguments: [
      (nil, ["1", "2"], "[1, 2]"),
      (nil, ["1,2"], nil),
      (",", ["1,2", "3"], "[1, 2, 3]"),
      (",", ["1"], "[1]"),
      (":", ["1:2"], "[1, 2]"),
      (":", ["1,2"], nil),
      (",", ["1,,2"], nil),
      (",", [""], nil),
      (",", ["1,"], nil),
      (",", [",1"], nil),
    ] as [(Character?, [String], String?)])
  func lists(separator: Character?, texts: [String], value: String?) {
    let list = ListOption("part", .integer, separator: separator, help: "x")
    #expect(Self.value(list, texts.map(Occurrence.text)) == value)
  }

  @Test(
    "a refused element of a list is found by its bytes",
    arguments: [
      ("1,x,3", 2..<3, nil),
      ("열,2", 0..<3, nil),
      ("1,대기열", 2..<11, nil),
      ("1,,3", 2..<2, "an element of the list is empty"),
      ("1,", 2..<2, "an element of the list is empty"),
      ("", 0..<0, "an element of the list is empty"),
      ("1,0x2", 2..<5, "numbers are decimal"),
    ] as [(String, Range<Int>, String?)])
  func parts(text: String, part: Range<Int>, hint: String?) {
    let list = ListOption("part", .integer, separator: ",", help: "x")
    #expect(throws: ValueMismatch(part: part, hint: hint)) { _ = try list.reading(.text(text)) }
  }

  @Test("defaults are shown as they would be typed")
  func defaults() {
    #expect(DefaultedOption("hold", .duration, default: .seconds(90), help: "x").defaultText == "1m30s")
    #expect(ListOption("part", .integer, separator: ",", default: [1, 2], help: "x").defaultText == "1,2")
    #expect(ListOption("part", .integer, default: [1, 2], help: "x").defaultText == "1 2")
    #expect(ListOption("part", .integer, help: "x").defaultText == nil)
    #expect(Option("count", .integer, help: "x").defaultText == nil)
    #expect(Toggle("fast", default: true, help: "x").defaultText == "on")
    #expect(Toggle("fast", help: "x").defaultText == nil)
    #expect(Counter("verbose", help: "x").defaultText == nil)
  }

  @Test(
    "the words for a value are those that give it",
    arguments: [
      (Option("count", .integer, help: "x"), ["5"]),
      (DefaultedOption("hold", .duration, default: .zero, help: "x"), ["90s"]),
      (RequiredOption("to", .text, help: "x"), ["-x y"]),
      (ListOption("part", .integer, separator: ",", help: "x"), ["1,2", "3"]),
      (ListOption("part", .text, help: "x"), ["a,b", ""]),
    ] as [(any OptionDeclaration, [String])])
  func words(option: any OptionDeclaration, texts: [String]) throws {
    let value = option.value(of: try texts.map { try option.reading(.text($0)) })
    let prefix = option.details.flag + "="
    let words = option.words(for: value)
    #expect(words.allSatisfy { $0.hasPrefix(prefix) })
    let again = try words.map { try option.reading(.text(String($0.dropFirst(prefix.count)))) }
    #expect("\(option.value(of: again))" == "\(value)")
  }

  @Test("forms say how an option is written")
  func forms() {
    #expect(Option("count", .integer, help: "x").form.valueForm?.name == "integer")
    #expect(ListOption("count", .integer, help: "x").form.valueForm?.name == "integer")
    #expect(Toggle("fast", help: "x").form.valueForm == nil)
    #expect(Counter("fast", help: "x").form.valueForm == nil)
    #expect(RequiredOption("count", .integer, help: "x").isRequired)
    #expect(!Option("count", .integer, help: "x").isRequired)
    #expect(Toggle("fast", isNegatable: true, help: "x").flags == ["--fast", "--no-fast"])
    #expect(Toggle("fast", help: "x").flags == ["--fast"])
  }
}
