import Testing
import Text

@Suite("Truncation")
struct TruncationTests {
  @Test(
    "a cut never halves a wide character, and ends in its sign",
    arguments: [
      ("waiting", 7, "waiting"),
      ("waiting", 6, "waiti…"),
      ("waiting", 1, "…"),
      ("waiting", 0, ""),
      ("waiting", -1, ""),
      ("", 0, ""),
      ("대기열", 6, "대기열"),
      ("대기열", 5, "대기…"),
      ("대기열", 4, "대…"),
      ("대기열", 3, "대…"),
      ("대기열", 2, "…"),
      ("a👨‍👩‍👧b", 4, "a👨‍👩‍👧b"),
      ("a👨‍👩‍👧bc", 4, "a👨‍👩‍👧…"),
      ("a👨‍👩‍👧bc", 3, "a…"),
      ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
      ("🇰🇷🇯🇵", 3, "🇰🇷…"),
      ("תור", 2, "ת…"),
    ])
  func cuts(text: String, columns: Int, expected: String) {
    #expect(text.truncated(toColumns: columns) == expected)
    #expect(expected.displayWidth <= max(0, columns))
  }

  @Test(
    "cuts the middle where both ends tell",
    arguments: [
      ("/etc/usher/config.yaml:12", 13, "/etc/u…aml:12"), ("abc", 3, "abc"), ("대기열대기열", 7, "대…열"), ("abcdef", 2, "a…"),
      ("abcdef", 4, "ab…f"),
    ])
  func middle(_ text: String, _ columns: Int, _ expected: String) {
    #expect(text.withoutMiddle(toColumns: columns) == expected)
    #expect(text.withoutMiddle(toColumns: columns).displayWidth <= columns)
  }
}
