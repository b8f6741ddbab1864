import Testing

@testable import Terminal

@Suite("Display width")
struct DisplayWidthTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let what: String
    let text: String
    let columns: Int
    var testDescription: String { what }

    init(_ what: String, _ text: String, _ columns: Int) {
      self.what = what
      self.text = text
      self.columns = columns
    }
  }

  static let cases = [
    Case("nothing", "", 0),
    Case("ASCII", "waiting_tokens", 14),
    Case("Latin with accents", "Zoë", 3),
    Case("Latin with combining accents", "Zoe\u{308}", 3),
    Case("Hangul", "대기열", 6),
    Case("decomposed Hangul", "\u{1112}\u{1161}\u{11AB}", 2),
    Case("Hangul and ASCII", "IU 콘서트", 9),
    Case("kana", "コンサート", 10),
    Case("halfwidth kana", "ｺﾝｻｰﾄ", 5),
    Case("kana with a combining voicing mark", "か\u{3099}", 2),
    Case("Han", "音楽会", 6),
    Case("Han beyond the basic plane", "𠮷", 2),
    Case("fullwidth Latin", "Ａ！", 4),
    Case("ideographic blank", "\u{3000}", 2),
    Case("an emoji", "🎤", 2),
    Case("a skin tone", "👍🏽", 2),
    Case("a joined family", "👨‍👩‍👧‍👦", 2),
    Case("a flag", "🇰🇷", 2),
    Case("two flags", "🇰🇷🇯🇵", 4),
    Case("a flag of tags", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", 2),
    Case("a keycap", "1️⃣", 2),
    Case("a text character", "❤", 1),
    Case("the same as emoji", "❤️", 2),
    Case("a sign that is an emoji by itself", "⌚", 2),
    Case("digits and signs that could become emoji", "0#*©", 4),
    Case("a soft hyphen", "\u{AD}", 1),
    Case("a zero-width blank", "a\u{200B}b", 2),
    Case("Devanagari with a spacing vowel", "नि", 2),
    Case("Thai with marks above", "กี่", 1),
    Case("Hebrew with points", "שָׁ", 1),
    Case("ambiguous signs count as narrow", "…→±", 3),
    Case("a box drawing line", "─│", 2),
    Case("control characters", "\u{1B}[31m", 4),
  ]

  @Test("is counted in terminal columns", arguments: cases)
  func width(_ example: Case) {
    #expect(example.text.displayWidth == example.columns)
  }

  @Test("is the sum of the characters' widths", arguments: cases)
  func sum(_ example: Case) {
    #expect(example.text.reduce(0) { $0 + $1.displayWidth } == example.columns)
  }
}
