import Support
import Testing

@testable import Postgres

@Suite("Array literals")
struct ArrayLiteralTests {
  private func read(_ text: String) -> [String?]? {
    Array(text.utf8).withUnsafeBytes { ArrayLiteral.read($0) }
  }

  @Test(
    "every element is quoted, so that none reads as syntax",
    arguments: [
      ([], "{}"), (["a"], "{\"a\"}"), (["NULL"], "{\"NULL\"}"), ([nil], "{NULL}"),
      (["a", nil, ""], "{\"a\",NULL,\"\"}"),
      (["q\"q", "b\\b"], "{\"q\\\"q\",\"b\\\\b\"}"), (["{,}"], "{\"{,}\"}"), (["é한"], "{\"é한\"}"),
    ] as [([String?], String)])
  func writing(elements: [String?], text: String) {
    #expect(ArrayLiteral.write(elements) == text)
    #expect(read(text) == elements)
  }

  @Test(
    "what the server writes without quotes is read too",
    arguments: [
      ("{1,2,3}", ["1", "2", "3"]), ("{a b,c}", ["a b", "c"]), ("{NULL,null}", [nil, "null"]), ("{t,f}", ["t", "f"]),
      ("{-1.5e10}", ["-1.5e10"]), ("{a\\,b}", ["a,b"]), ("{2026-11-23}", ["2026-11-23"]),
    ] as [(String, [String?])])
  func reading(text: String, elements: [String?]) { #expect(read(text) == elements) }

  @Test(
    "anything else is nothing, and no text of any kind traps",
    arguments: [
      "", "{", "}", "x", "{a", "a}", "{a,}", "{,a}", "{,}", "{\"a}", "{\"a\"b}", "{\"a\\}", "{{1},{2}}", "[0:1]={1,2}",
      "{a\\}",
      "{\"a\",}", "{\"", "{\"}", "{\\}",
    ])
  func nonsense(text: String) { #expect(read(text) == nil) }

  @Test("bytes that are not UTF-8 are no element")
  func badBytes() {
    #expect([0x7b, 0xff, 0x7d].withUnsafeBytes { ArrayLiteral.read(UnsafeRawBufferPointer(rebasing: $0[...])) } == nil)
  }

  @Test("what is written reads back, for texts made of everything that means something")
  func roundTrip() {
    var generator = SeededRandom(seed: 7)
    for _ in 0..<500 {
      let elements = (0..<Int.random(in: 0...5, using: &generator)).map { _ in nastyText(&generator) }
      #expect(read(ArrayLiteral.write(elements)) == elements)
    }
  }
}

/// A short text of characters that mean something to some format, or nil.
func nastyText(_ generator: inout SeededRandom) -> String? {
  let pieces = [
    "a", "NULL", "\\", "\"", "'", ",", "{", "}", "\t", "\n", "\r", "\\N", "\\.", " ", "$1", "--", ";", "한", "🎟",
    "\u{1}", "é", "%",
    "E'", "\u{7f}", "$$", "/*",
  ]
  if Int.random(in: 0..<10, using: &generator) == 0 { return nil }
  return (0..<Int.random(in: 0...6, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }
    .joined()
}
