import Testing

@testable import Text

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
    Case("a letter with many marks", "Z\u{351}\u{36B}\u{343}", 1),
    Case("Hangul", "대기열", 6),
    Case("decomposed Hangul", "\u{1112}\u{1161}\u{11AB}", 2),
    Case("decomposed Hangul of old letters", "\u{1112}\u{119E}\u{11AB}", 2),
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
    Case("a skin tone alone", "🏽", 2),
    Case("a joined family", "👨‍👩‍👧‍👦", 2),
    Case("a joined profession with a skin tone", "👩🏽‍🚀", 2),
    Case("a joined heart with its variation", "❤️‍🔥", 2),
    Case("a flag", "🇰🇷", 2),
    Case("two flags", "🇰🇷🇯🇵", 4),
    Case("a flag of tags", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", 2),
    Case("a keycap", "1️⃣", 2),
    Case("a text character", "❤", 1),
    Case("the same as emoji", "❤️", 2),
    Case("the same as text", "❤\u{FE0E}", 1),
    Case("a sign that is an emoji by itself", "⌚", 2),
    Case("digits and signs that could become emoji", "0#*©", 4),
    Case("a letter with the selector of emoji", "a\u{FE0F}", 1),
    Case("Han with a selector of its shape", "葛\u{E0100}", 2),
    Case("a soft hyphen", "\u{AD}", 1),
    Case("a zero-width blank", "a\u{200B}b", 2),
    Case("a non-breaking blank", "a\u{A0}b", 3),
    Case("Devanagari with a spacing vowel", "नि", 2),
    Case("Devanagari joined by a virama", "क्ष", 2),
    Case("Thai with marks above", "กี่", 1),
    Case("Hebrew", "תור", 3),
    Case("Hebrew with points", "שָׁ", 1),
    Case("Arabic", "طابور", 5),
    Case("Arabic with its vowels", "مَرْحَبًا", 5),
    Case("a mark that turns the direction", "\u{200F}a\u{202E}", 1),
    Case("ambiguous signs count as narrow", "…→±", 3),
    Case("a box drawing line", "─│", 2),
    Case("control characters", "\u{1B}[31m", 4),
    Case("a line end of two characters", "\r\n", 0),
  ]

  @Test("widths are columns of a terminal", arguments: cases)
  func width(_ example: Case) { #expect(example.text.displayWidth == example.columns) }

  @Test("a text is as wide as its characters together", arguments: cases)
  func sum(_ example: Case) {
    #expect(example.text.reduce(0) { $0 + $1.displayWidth } == example.columns)
    #expect((example.text + " ").displayWidth == example.columns + 1)
  }

  @Test("every code point has none, one or two columns, and a text of any of them has a width")
  func everyScalar() {
    var counts = [0, 0, 0]
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      counts[scalar.columns] += 1
    }
    // Two thirds of the wide ones are Han, the others mostly Hangul; more than a few fewer or more is a slip in the table.
    #expect((180_000...190_000).contains(counts[2]))
    #expect(counts[0] > 2000)
  }
}
