import Testing

@testable import Arguments

@Suite("Laying text out: rule 28")
struct LayoutTests {
  @Test("rule 28: text is filled with hanging indents; a word that is too wide stands alone, uncut")
  func wrapping() {
    let layout = TextLayout(width: 12)
    #expect(layout.wrap("one two three four", hanging: 2) == ["one two", "  three four"])
    #expect(layout.wrap("대기열 대기열 끝") == ["대기열", "대기열 끝"])
    #expect(layout.wrap("a abcdefghijklmnop b") == ["a", "abcdefghijklmnop", "b"])
    #expect(layout.wrap("a text [a: b]") == ["a text", "[a: b]"])
    #expect(layout.wrap("[one of: aaaa, bbbb, cccc]") == ["[one of:", "aaaa, bbbb,", "cccc]"])
    #expect(layout.wrap("open [a b") == ["open [a b"])
    #expect(layout.wrap("open [abcdefg b") == ["open", "[abcdefg b"])
    #expect(layout.wrap("", indent: 4) == [])
    #expect(layout.wrap("  a\n b  ") == ["a b"])
    #expect(TextLayout.paragraphs("a\nb\n\n\nc\n") == ["a\nb", "c"])
    #expect(layout.paragraph("  a listing   stays\n  as it is") == ["  a listing   stays", "  as it is"])
  }

  @Test(
    "rule 28: text that is written without blanks is divided between wide characters, not at a closing or opening sign",
    arguments: [
      ("待っている人をすべて入れる。", 12, ["待っている人", "をすべて入れ", "る。"]),
      ("「待つ」人（全員）を入れる", 6, ["「待", "つ」人", "（全", "員）を", "入れる"]),
      ("대기열에있는사람모두", 9, ["대기열에", "있는사람", "모두"]),
      ("待「待つ", 4, ["待", "「待", "つ"]),
      ("see 待っている人をすべて", 10, ["see 待って", "いる人をす", "べて"]),
      ("abcdefghijklmnopqrst", 6, ["abcdefghijklmnopqrst"]),
      ("🎤🎤🎤🎤", 5, ["🎤🎤", "🎤🎤"]),
    ])
  func withoutBlanks(text: String, width: Int, lines: [String]) {
    #expect(TextLayout(width: width).wrap(text) == lines)
  }

  @Test("rule 28: a table keeps its columns, and a term that is too wide has a line of its own")
  func tables() {
    let layout = TextLayout(width: 40)
    let wide = String(repeating: "x", count: 31)
    #expect(layout.table([("한", "wide"), ("ab", "narrow")]) == ["  한  wide", "  ab  narrow"])
    #expect(layout.table([("a", "one"), (wide, "two")]) == ["  a  one", "  " + wide, "     two"])
    let long = "a text that is longer than the line is"
    #expect(layout.table([("a", long)]) == ["  a  a text that is longer than the line", "     is"])
    #expect(layout.table([("a", long), (wide, "two")], wraps: false) == ["  a  " + long, "  " + wide + "  two"])
    #expect(layout.table([("a", "")]) == ["  a"])
  }

  @Test("rule 28: a term that takes half of a narrow terminal leaves its text the other half")
  func narrowTables() {
    let term = String(repeating: "x", count: 20)
    #expect(TextLayout(width: 40).table([("a", "one"), (term, "two")]) == ["  a  one", "  " + term, "     two"])
    #expect(
      TextLayout(width: 80).table([("a", "one"), (term, "two")])
        == ["  a" + String(repeating: " ", count: 21) + "one", "  " + term + "  two"])
  }
}
