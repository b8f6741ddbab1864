import Testing

@testable import Arguments

@Suite("Groups of options: rule 15")
struct GroupsTests {
  private static func outcome(
    _ group: Constraint, _ words: [String], environment: [String: String] = [:], files: [FileValues] = []
  ) -> String {
    let root = CommandSpecification(
      "tool", summary: "x", operands: [OptionalOperand("NAME", .text, help: "x")],
      options: [
        Option("aa", .integer, help: "x", environment: "T_A"), Option("bb", .integer, help: "x", environment: "T_B"),
        DefaultedOption("cc", .integer, default: 7, help: "x"),
      ],
      groups: [group])
    return Sample.outcome(words, environment: environment, files: files, of: Parser(root))
  }

  @Test(
    "rule 15: exactly one means one, and a variable gives way to the command line",
    arguments: [
      (["--aa", "1"], [:], ": --aa 1"),
      ([], [:], "give one of --aa N, --bb N or NAME"),
      (["--aa", "1", "--bb", "2"], [:], "--aa and --bb cannot be used together"),
      (["--aa", "1", "--bb", "2", "x"], [:], "--aa, --bb and NAME cannot be used together"),
      (["--aa", "1"], ["T_B": "2"], ": --aa 1"),
      (["x"], ["T_A": "1", "T_B": "2"], ": NAME x"),
      ([], ["T_B": "2"], ": --bb 2 by T_B"),
      ([], ["T_A": "1", "T_B": "2"], "--aa (by T_A) and --bb (by T_B) cannot be used together"),
    ] as [([String], [String: String], String)])
  func exactlyOne(words: [String], environment: [String: String], outcome: String) {
    #expect(Self.outcome(.oneOf("--aa", "--bb", "NAME"), words, environment: environment) == outcome)
  }

  @Test(
    "rule 15: at most one may be none",
    arguments: [
      ([], ": "),
      (["--aa", "1"], ": --aa 1"),
      (["--aa", "1", "x"], "--aa and NAME cannot be used together"),
    ] as [([String], String)])
  func atMostOne(words: [String], outcome: String) {
    #expect(Self.outcome(.exclusive("--aa", "NAME"), words) == outcome)
  }

  @Test(
    "rule 15: at least one may be all, and a default is nothing given",
    arguments: [
      ([], "give at least one of --aa N or --cc N"),
      (["--aa", "1"], ": --aa 1"),
      (["--cc", "1"], ": --cc 1"),
      (["--aa", "1", "--cc", "2"], ": --aa 1, --cc 2"),
    ] as [([String], String)])
  func atLeastOne(words: [String], outcome: String) {
    #expect(Self.outcome(.someOf("--aa", "--cc"), words) == outcome)
  }

  @Test("rule 15: a default excludes nothing")
  func defaults() { #expect(Self.outcome(.exclusive("--cc", "NAME"), ["x"]) == ": NAME x") }

  @Test(
    "rule 15: all or none says which of them is missing, and where the others came from",
    arguments: [
      ([], [:], ": "),
      (["--aa", "1"], [:], "--aa also needs --bb N and NAME"),
      (["--aa", "1", "x"], [:], "--aa and NAME also need --bb N"),
      (["x"], ["T_A": "1"], "--aa (by T_A) and NAME also need --bb N"),
      (["--aa", "1", "x"], ["T_B": "2"], ": --aa 1, --bb 2 by T_B, NAME x"),
    ] as [([String], [String: String], String)])
  func together(words: [String], environment: [String: String], outcome: String) {
    #expect(Self.outcome(.together("--aa", "--bb", "NAME"), words, environment: environment) == outcome)
  }

  @Test("rule 15: a member that a file gave is named with the file")
  func files() {
    let file = FileValues(path: "tool.yaml", values: ["aa": "1", "bb": "2"])
    #expect(
      Self.outcome(.exclusive("--aa", "--bb"), [], files: [file])
        == "--aa (in tool.yaml) and --bb (in tool.yaml) cannot be used together")
    // One on the command line makes the other give way.
    let one = FileValues(path: "tool.yaml", values: ["bb": "2"])
    #expect(Self.outcome(.exclusive("--aa", "--bb"), ["--aa", "1"], files: [one]) == ": --aa 1")
  }
}
