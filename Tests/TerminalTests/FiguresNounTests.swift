import Terminal
import Testing

@Suite("Counts with their nouns")
struct FiguresNounTests {
  @Test(
    "one is singular, everything else plural",
    arguments: [(0, "0 keys"), (1, "1 key"), (2, "2 keys"), (2100, "2,100 keys"), (-1, "-1 keys")])
  func regular(count: Int, text: String) {
    #expect(Figures.count(count, "key") == text)
  }

  @Test("an irregular plural is given", arguments: [(1, "1 person"), (18_204, "18,204 people")])
  func irregular(count: Int, text: String) {
    #expect(Figures.count(count, "person", plural: "people") == text)
  }
}
