import Arguments
import Testing

@Suite("Rules 1 to 9: words")
struct WordsTests {
  @Test(
    "a value is attached or follows, long or short, alone or in a bundle",
    arguments: [
      "queue admit --rate 7/s", "queue admit --rate=7/s", "queue admit -r 7/s", "queue admit -r7/s",
      "queue admit -nqr7/s",
      "queue admit -nqr 7/s",
    ])
  func values(line: String) throws {
    #expect(try Sample.values(line)[Sample.rate] == Rate(perSecond: 7))
  }
}
