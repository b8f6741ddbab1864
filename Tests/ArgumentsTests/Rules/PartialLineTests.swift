import Testing

@testable import Arguments

/// What a shell's completion can know of a line that is still being written.
@Suite("Rule 32: an unfinished line")
struct PartialLineTests {
  private static let parser = Parser(Sample.root)

  private static func partial(_ words: String..., environment: [String: String] = [:]) -> PartialLine {
    parser.partial(words.map { Array($0.utf8) }) { environment[$0].map { Array($0.utf8) } }
  }

  /// The values by the names that help shows.
  private static func values(_ line: PartialLine) -> [String: String] {
    line.values.entries.mapValues { "\($0.value)" }
  }

  @Test("gives the command as far as it is named")
  func command() {
    #expect(Self.partial().command.text == "tool")
    #expect(Self.partial("queue").command.text == "tool queue")
    #expect(Self.partial("--context", "x", "queue", "admit").command.text == "tool queue admit")
    #expect(Self.partial("queue", "nonsense").command.text == "tool queue")
  }

  @Test("gives the options and operands that stand there")
  func given() {
    #expect(
      Self.values(Self.partial("-c", "eu:sale", "index", "create", "seat")) == [
        "--context": "eu:sale", "TABLE": "seat",
      ])
    #expect(Self.values(Self.partial("index", "create", "seat", "--context=a=b"))["--context"] == "a=b")
  }

  @Test("gives what a variable says where the line doesn't")
  func variables() {
    let environment = ["T_CONTEXT": "variable"]
    #expect(Self.values(Self.partial("queue", environment: environment))["--context"] == "variable")
    #expect(Self.values(Self.partial("-c", "line", "queue", environment: environment))["--context"] == "line")
  }

  @Test("passes over what is wrong or missing, before and after")
  func mistakes() {
    #expect(
      Self.values(Self.partial("--no-such", "--context", "x", "queue", "admit", "--fill-to", "many"))["--context"]
        == "x")
    #expect(Self.values(Self.partial("--context", "x", "queue", "admit", "--reason"))["--context"] == "x")
    #expect(Self.values(Self.partial("--context", "x", "--help", "--version"))["--context"] == "x")
    let bytes = Self.parser.partial([[0xFF], Array("--context=x".utf8)])
    #expect(Self.values(bytes)["--context"] == "x")
  }

  @Test("never traps, whatever the words")
  func random() {
    var generator = SeededRandom(seed: 20)
    let words = [
      "--context", "-c", "queue", "admit", "--", "-", "", "=", "--fill-to=", "-n=5", "help", "\u{1F468}\u{200D}", "-5",
    ]
    for _ in 0..<2000 {
      let line = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
        Array(words.randomElement(using: &generator)!.utf8)
      }
      _ = Self.parser.partial(line)
    }
  }
}
