import Testing
import Text

@Suite("Filling lines")
struct LineFillerTests {
  private static func filled(_ units: [String], _ filler: LineFiller) -> [String] {
    var filler = filler
    for unit in units { filler.add(unit) }
    return filler.finished()
  }

  @Test("puts one blank between units, and indents each line")
  func indents() {
    let units = ["one", "two", "three", "four"]
    #expect(Self.filled(units, LineFiller(width: 12)) == ["one two", "three four"])
    #expect(Self.filled(units, LineFiller(width: 12, indent: 1, hanging: 2)) == [" one two", "   three", "   four"])
    #expect(Self.filled(units, LineFiller(first: 3, others: 10)) == ["one", "two three", "four"])
    #expect(Self.filled([], LineFiller(width: 12, indent: 1)) == [])
  }

  @Test("never divides a unit of letters, nor a command, however wide it is")
  func whole() {
    let units = ["a", "abcdefghijklmnop", "`usher queue move 대기열대기열`", "b"]
    #expect(Self.filled(units, LineFiller(width: 8)) == units)
  }

  @Test("divides a word of wide characters where it is wider than a line, and goes on behind it")
  func divided() {
    #expect(Self.filled(["a", "대기열", "b"], LineFiller(width: 6)) == ["a", "대기열", "b"])
    #expect(Self.filled(["a", "대기열", "b"], LineFiller(width: 5)) == ["a 대", "기열", "b"])
    #expect(Self.filled(["(대기열)"], LineFiller(width: 5)) == ["(대기", "열)"])
  }

  @Test("keeps a word that takes no column")
  func withoutColumns() {
    #expect(Self.filled(["\u{301}", "a"], LineFiller(width: 5)) == ["\u{301} a"])
  }

  struct Wrapping: Sendable {
    let text: String
    let columns: Int
    let lines: [String]
  }

  @Test(
    "wrapping breaks at blanks, and inside a word only where it is wider than a line",
    arguments: [
      Wrapping(text: "", columns: 10, lines: [""]),
      Wrapping(text: "one two", columns: 7, lines: ["one two"]),
      Wrapping(text: "one two three", columns: 7, lines: ["one two", "three"]),
      Wrapping(text: "one  two", columns: 20, lines: ["one two"]),
      Wrapping(text: "one\n\ntwo", columns: 20, lines: ["one", "", "two"]),
      Wrapping(text: "abcdefghij kl", columns: 4, lines: ["abcd", "efgh", "ij", "kl"]),
      Wrapping(text: "표 한장 주세요", columns: 7, lines: ["표 한장", "주세요"]),
      Wrapping(text: "대기열대기열", columns: 5, lines: ["대기", "열대", "기열"]),
      Wrapping(text: "abcdef", columns: 1, lines: ["ab", "cd", "ef"]),
    ])
  func wraps(_ example: Wrapping) {
    #expect(example.text.wrapped(toColumns: example.columns) == example.lines)
  }

  @Test("no wrapped line is wider than asked for, and nothing is lost")
  func wrapsWithin() {
    let text = "아이유 콘서트 IU concert 🎤 대기열에 18,204명이 기다리고 있습니다 and-a-very-long-word-without-blanks"
    for columns in 2...60 {
      let lines = text.wrapped(toColumns: columns)
      #expect(lines.allSatisfy { $0.displayWidth <= columns })
      #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
    }
  }
}
