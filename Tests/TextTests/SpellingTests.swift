import Testing

@testable import Text

@Suite("Spelling")
struct SpellingTests {
  @Test("has no suggestion for a word of more than 64 letters")
  func longest() {
    let word = String(repeating: "x", count: 64)
    #expect(Spelling.nearest(to: word, among: [word + "y"]) == [word + "y"])
    #expect(Spelling.nearest(to: word + "z", among: [word + "y"]) == [])
  }

  @Test(
    "suggestions are near, the nearest first, and at most three",
    arguments: [
      ("stauts", ["status", "stats", "start"], ["status", "stats", "start"]),
      ("lst", ["list", "last", "lost", "lust"], ["list", "last", "lost"]),
      ("ad", ["admit", "add"], ["admit", "add"]),
      ("x", ["y", "list"], ["y"]),
      ("", ["list"], []),
      ("completely", ["list"], []),
      ("LIST", ["list"], ["list"]),
    ])
  func nearest(word: String, candidates: [String], expected: [String]) {
    #expect(Spelling.nearest(to: word, among: candidates) == expected)
  }

  @Test(
    "distances count insertions, deletions, replacements and swaps of neighbours",
    arguments: [
      ("", "abc", 3),
      ("abc", "abc", 0),
      ("abc", "acb", 1),
      ("abc", "ab", 1),
      ("abc", "abcd", 1),
      ("abc", "xbc", 1),
      ("ca", "abc", 3),
      ("abcdef", "badcfe", 3),
    ])
  func distances(one: String, other: String, distance: Int) {
    #expect(Spelling.distance(Array(one.utf8), Array(other.utf8), atMost: 9) == distance)
    #expect(Spelling.distance(Array(other.utf8), Array(one.utf8), atMost: 9) == distance)
  }
}
