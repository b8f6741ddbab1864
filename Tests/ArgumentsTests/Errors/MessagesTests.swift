import Testing

@testable import Arguments

/// The prose, kind by kind, apart from the command line that leads to it.
@Suite("Messages and hints: rules 20 and 25")
struct MessagesTests {
  private static func text(_ kind: UsageError.Kind, at path: CommandPath = HelpTests.path("queue", "admit")) -> String {
    let error = UsageError(kind: kind, command: path)
    return ([error.message] + error.hints).joined(separator: "; ")
  }

  private static func invalid(
    _ word: String, isSecret: Bool = false, origin: ValueOrigin = .commandLine, suggestion: String? = nil,
    unquoted: UsageError.Unquoted? = nil, hint: String? = nil
  ) -> UsageError.Kind {
    .invalidValue(
      UsageError.InvalidValue(
        name: "--rate", word: word, isSecret: isSecret, origin: origin, expected: "a rate", example: "7/s",
        suggestion: suggestion, unquoted: unquoted, hint: hint))
  }

  @Test(
    "rule 20: a refused value says where it came from",
    arguments: [
      (.commandLine, #"invalid value 'x' for --rate: expected a rate, for example 7/s"#),
      (.environment("T_RATE"), #"invalid value 'x' for T_RATE (--rate): expected a rate, for example 7/s"#),
      (.file("~/.tool.yaml"), #"invalid value 'x' for --rate in ~/.tool.yaml: expected a rate, for example 7/s"#),
      (.defaultValue, #"invalid value 'x' for --rate: expected a rate, for example 7/s"#),
    ] as [(ValueOrigin, String)])
  func origins(origin: ValueOrigin, text: String) { #expect(Self.text(Self.invalid("x", origin: origin)) == text) }

  @Test(
    "rule 20: what was probably meant comes before what is wrong with the form",
    arguments: [
      (invalid("x", suggestion: "y"), "did you mean y?"),
      (invalid("x", hint: "the unit is required"), "the unit is required"),
      (invalid("x", suggestion: "y", hint: "or z"), "did you mean y?; or z"),
      (
        invalid("b", unquoted: UsageError.Unquoted(name: "--reason", value: "a b")),
        "if --reason is several words, quote them: 'a b'"
      ),
    ])
  func hints(kind: UsageError.Kind, hints: String) {
    #expect(UsageError(kind: kind, command: CommandPath(Sample.root)).hints.joined(separator: "; ") == hints)
  }

  @Test("rule 20: a secret value isn't in the message")
  func secret() {
    #expect(Self.text(Self.invalid("", isSecret: true)) == "invalid value for --rate: expected a rate, for example 7/s")
    #expect(
      Self.text(.optionAsValue(option: "--password", word: ""))
        == "--password needs a value, and the next word looks like an option; if it is the value, attach it: --password=..."
    )
    #expect(
      Self.text(.attachedEquals(option: "-p", value: nil, instead: []))
        == #"'-p=...' is ambiguous; write the value without the =, directly after the letter or after a blank"#)
    #expect(Self.text(.secretNotUTF8(option: "--password")) == "the value of --password is not valid UTF-8")
  }

  @Test(
    "rule 20: what was meant is quoted where a shell needs it",
    arguments: [
      (.optionAsValue(option: "--reason", word: "-a b"), "if it is the value, attach it: --reason='-a b'"),
      (.attachedEquals(option: "-r", value: "a b", instead: ["-r 'a b'", "'-ra b'"]), "write -r 'a b' or '-ra b'"),
    ] as [(UsageError.Kind, String)])
  func quoting(kind: UsageError.Kind, hint: String) { #expect(Self.text(kind).hasSuffix("; " + hint)) }

  @Test(
    "rule 25: names are listed as people list them",
    arguments: [
      ([], ""),
      (["a"], "a"),
      (["a", "b"], "a and b"),
      (["a", "b", "c"], "a, b and c"),
      (["a", "b", "c", "d"], "a, b, c and d"),
    ])
  func lists(names: [String], text: String) { #expect(UsageError.list(names, "and") == text) }

  @Test(
    "rule 25: groups say what is too much and what is lacking",
    arguments: [
      (.exclusive([member("--aa"), member("--bb")]), "--aa and --bb cannot be used together"),
      (.exclusive([member("--aa"), member("--bb"), member("NAME")]), "--aa, --bb and NAME cannot be used together"),
      (
        .exclusive([member("--aa", .environment("T_A")), member("--bb", .file("f.yaml"))]),
        "--aa (by T_A) and --bb (in f.yaml) cannot be used together"
      ),
      (
        .oneNeeded(["--aa N", "NAME"], onlyOne: true),
        "give one of --aa N or NAME; for example: tool queue admit 420"
      ),
      (
        .oneNeeded(["--aa N", "NAME"], onlyOne: false),
        "give at least one of --aa N or NAME; for example: tool queue admit 420"
      ),
      (.incomplete(given: [member("--aa")], missing: ["--bb N"]), "--aa also needs --bb N"),
      (.incomplete(given: [member("--aa"), member("NAME")], missing: ["--bb N"]), "--aa and NAME also need --bb N"),
    ] as [(UsageError.Kind, String)])
  func groups(kind: UsageError.Kind, text: String) { #expect(Self.text(kind) == text) }

  private static func member(_ name: String, _ origin: ValueOrigin = .commandLine) -> UsageError.Member {
    UsageError.Member(name: name, origin: origin)
  }

  @Test("rule 22: an unknown command is answered with the known ones, unless there are too many to read")
  func knownCommands() {
    let kind = UsageError.Kind.unknownCommand("x", suggestions: [])
    #expect(Self.text(kind, at: HelpTests.path("queue")) == #"unknown command 'x'; tool queue has: status, admit"#)
    let many = (10..<31).map { CommandSpecification("c\($0)", summary: "x") }
    let path = CommandPath(CommandSpecification("tool", summary: "x", subcommands: many))
    #expect(Self.text(kind, at: path) == #"unknown command 'x'"#)
  }

  @Test(
    "rule 22: suggestions are questions, at most three",
    arguments: [
      (["'tool a'"], "did you mean 'tool a'?"),
      (["'tool a'", "'tool b'"], "did you mean 'tool a' or 'tool b'?"),
      (["'tool a'", "'tool b'", "'tool c'"], "did you mean 'tool a', 'tool b' or 'tool c'?"),
    ])
  func suggestions(shown: [String], text: String) {
    let names = shown.map { String($0.dropFirst().dropLast()) }
    #expect(Self.text(.unknownCommand("x", suggestions: names)) == "unknown command 'x'; " + text)
  }

  @Test("rule 4: an option that takes no value says what to write instead")
  func unwanted() {
    let texts = [nil, "--fast", "--no-fast"].map { instead in
      Self.text(.unwantedValue(option: "--fast", value: "x", instead: instead))
    }
    let start = #"--fast takes no value, but 'x' was given; "#
    #expect(
      texts == [
        start + "leave the option out, which means the same", start + "leave the value out: --fast",
        start + "write --no-fast instead",
      ])
  }
}
