import Testing

@testable import Arguments

/// The answers to the shells beyond what the sample program needs.
@Suite("Rules 31 and 32: what is offered at the cursor")
struct LineCompletionTests {
  private static let place = Option(
    "to", .text.suggesting("front", "back"), placeholder: "PLACE", help: "Where to")
  private static let file = Option("file", .path, help: "Read this file")
  private static let names = OperandList("NAME", .text.completing("names"), help: "Which ones")
  private static let tags = ListOption("tag", .text.completing("tags"), separator: ":", help: "Which tags")
  private static let everything = Toggle("all", help: "All of them")
  private static let quiet = Toggle("quiet", short: "q", help: "Print nothing")

  private static let act = CommandSpecification(
    "act", summary: "Act", operands: [names],
    options: [place, file, tags, everything, Option("directory", .directory, help: "Work there")],
    groups: [.exclusive("NAME", "--all")])
  private static let root = CommandSpecification("tool", summary: "x", options: [quiet], subcommands: [act])

  private static func completion(_ words: String...) -> LineCompletion {
    Parser(root).completion(of: words.map(\.bytes))
  }

  private static func lines(_ words: String..., naming names: [String] = []) -> [String] {
    Parser(root).completion(of: words.map(\.bytes)).lines(naming: names.map { CompletionCandidate(word: $0) })
  }

  @Test("the options of the command stand before those of all commands")
  func order() {
    let flags = Self.lines("act", "--").map { String($0.prefix { $0 != "\t" }) }
    #expect(flags == ["--to", "--file", "--tag", "--all", "--directory", "--quiet", "--help", "--version"])
  }

  @Test("words beside free text are offered, and other text is accepted")
  func suggestions() throws {
    #expect(Self.lines("act", "--to", "") == ["front", "back"])
    #expect(Self.lines("act", "--to=b") == ["--to=back"])
    #expect(try Self.place.kind.parse("elsewhere") == "elsewhere")
  }

  @Test("a path is the shell's to complete, behind what stands before it")
  func paths() {
    #expect(Self.lines("act", "--file", "x") == ["\tfile\t"])
    #expect(Self.lines("act", "--file=x") == ["\tfile\t--file="])
    #expect(Self.lines("act", "--directory=") == ["\tdirectory\t--directory="])
  }

  @Test("names of the running program are those that begin as typed, but none that stands there already")
  func names() {
    #expect(Self.completion("act", "").source == .dynamic("names"))
    #expect(Self.completion("act", "concer").typed == "concer")
    let all = ["concerts", "concertOption", "tickets"]
    #expect(Self.lines("act", "con", naming: all) == ["concerts", "concertOption"])
    #expect(Self.lines("act", "concerts", "", naming: all) == ["concertOption", "tickets"])
    #expect(Self.lines("act", "--tag=a:b:", naming: ["a", "b", "c"]) == ["--tag=a:b:c"])
  }

  @Test("an operand that the options exclude is not offered")
  func exclusion() {
    #expect(Self.completion("act", "--all", "").source == .nothing)
    #expect(Self.lines("act", "--all", "", naming: ["a"]) == [])
    #expect(!Self.lines("act", "a", "--a").contains { $0.hasPrefix("--all") })
  }

  @Test("where nothing can be offered for a value, the shell gets what it is for")
  func message() {
    #expect(Self.lines("act", "--to", "x") == ["\tmessage\tWhere to"])
    #expect(Self.lines("act", "") == ["\tmessage\tWhich ones"])
    #expect(Self.lines("nonsense", "") == [])
  }

  @Test("help is completed with the commands, and the program's with the topic of options")
  func help() {
    let words = Self.lines("help", "").map { String($0.prefix { $0 != "\t" }) }
    #expect(words == ["act", "help", "options"])
  }

  @Test("a word that a line cannot carry is left out")
  func carried() {
    #expect(CompletionCandidate(word: "a\nb").line == nil)
    #expect(CompletionCandidate(word: "").line == nil)
    #expect(CompletionCandidate(word: "a b", note: "two\twords\n").line == "a b\ttwo words ")
    #expect(CompletionCandidate(word: "a").line == "a")
  }

  @Test("never traps, whatever the words")
  func random() {
    var generator = SeededRandom(seed: 21)
    let words = [
      "--context", "-c", "queue", "admit", "--", "-", "", "=", "--fill-to=", "-n=5", "help", "\u{1F468}\u{200D}", "-5",
      "--status=INIT,", "outbox", "replay", "--=", "index", "create",
    ]
    for _ in 0..<2000 {
      let line = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
        Array(words.randomElement(using: &generator)!.utf8)
      }
      _ = Parser(Sample.root).completion(of: line).lines()
    }
    #expect(Parser(Sample.root).completion(of: [[0xFF], [0xFF]]).lines() == [])
  }
}
