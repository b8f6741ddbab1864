import Testing

@testable import Terminal

/// The table of widths, with its own tests, is that of `Arguments`: a column of a table is a column of help.
@Suite("Display width")
struct DisplayWidthTests {
  @Test(
    "is counted in terminal columns, of a text and of one character",
    arguments: [
      ("", 0), ("waiting_tokens", 14), ("대기열", 6), ("\u{1112}\u{1161}\u{11AB}", 2), ("e\u{301}", 1), ("👨‍👩‍👧‍👦", 2), ("🇰🇷", 2),
      ("תור", 3), ("…", 1), ("\u{1B}", 0),
    ])
  func width(_ text: String, columns: Int) {
    #expect(text.displayWidth == columns)
    #expect(text.reduce(0) { $0 + $1.displayWidth } == columns)
  }
}
