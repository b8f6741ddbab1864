import Testing

@testable import Arguments

@Suite("The audit: rule 27")
struct AuditTests {
  @Test("rule 27: the sample is without a mistake")
  func sound() { #expect(Audit(Sample.root).findings == []) }

  /// What is found in a command that is right but for one thing.
  private static func findings(_ change: (inout CommandSpecification) -> Void) -> [String] {
    var command = CommandSpecification(
      "act", summary: "Act", examples: [Example("tool act", "Act once")],
      options: [Toggle("fast", short: "f", help: "Hurry")])
    change(&command)
    let global = Option("context", .text, short: "c", help: "Where", environment: "T_CONTEXT")
    let other = CommandSpecification(
      "other", summary: "Do otherwise", examples: [Example("tool other", "Do so")],
      options: [Toggle("slow", help: "Take time")])
    return Audit(CommandSpecification("tool", summary: "A tool", options: [global], subcommands: [command, other]))
      .findings
  }

  @Test("rule 27: names have their form")
  func names() {
    #expect(Self.findings { $0.name = "Act" }.first == "tool Act: the name is not lower case with hyphens")
    #expect(
      Self.findings { $0.options.append(Toggle("good-", help: "Good")) }
        == ["tool act: --good- is not lower case with hyphens, two letters or more"])
    #expect(
      Self.findings { $0.options.append(Toggle("x", help: "One letter")) }
        == ["tool act: --x is not lower case with hyphens, two letters or more"])
    #expect(
      Self.findings { $0.options.append(Toggle("good", help: "Good", formerNames: ["Bad_Name"])) }
        == ["tool act: --Bad_Name is not lower case with hyphens, two letters or more"])
    #expect(
      Self.findings { $0.options.append(Toggle("good", short: "é", help: "Good")) }
        == ["tool act: -é of --good is no ASCII letter or digit"])
    #expect(
      Self.findings { $0.options.append(Toggle("good", help: "Good", environment: "lower")) }
        == ["tool act: lower of --good is not in capitals"])
    #expect(
      Self.findings { $0.operands = [OptionalOperand("name", .text, help: "A name")] } == [
        "tool act: name is not in capitals"
      ])
  }

  @Test("rule 27: no name is taken twice, by an alias, a negation, a letter or a variable either")
  func duplicates() {
    #expect(
      Self.findings { $0.options.append(Toggle("fast", help: "Again")) }.contains(
        "tool act: --fast of --fast is taken by --fast"))
    #expect(
      Self.findings { $0.options.append(Toggle("firm", short: "f", help: "Firm")) } == [
        "tool act: -f of --firm is taken by --fast"
      ])
    #expect(
      Self.findings { $0.options.append(Toggle("context", help: "Shadow")) }.first
        == "tool act: --context of --context is taken by --context")
    #expect(
      Self.findings { $0.options.append(Toggle("cold", short: "c", help: "Cold")) } == [
        "tool act: -c of --cold is taken by --context"
      ])
    #expect(
      Self.findings { $0.options.append(Toggle("help", help: "Mine")) }.first
        == "tool act: --help of --help is taken by --help")
    #expect(
      Self.findings { $0.options.append(Toggle("hot", short: "h", help: "Hot")) } == [
        "tool act: -h of --hot is taken by --help"
      ])
    #expect(
      Self.findings { $0.options.append(Toggle("new", help: "New", formerNames: ["fast"])) } == [
        "tool act: --fast of --new is taken by --fast"
      ])
    #expect(
      Self.findings {
        $0.options += [Toggle("no-cache", help: "Without"), Toggle("cache", isNegatable: true, help: "With")]
      }
        == ["tool act: --no-cache of --cache is taken by --no-cache"])
    #expect(
      Self.findings { $0.options.append(Toggle("warm", help: "Warm", environment: "T_CONTEXT")) }
        == ["tool act: T_CONTEXT already gives --context"])
    let operand = OptionalOperand("NAME", .text, help: "A name")
    #expect(Self.findings { $0.operands = [operand, operand] } == ["tool act: two operands are called NAME"])
    let twice = CommandSpecification("tool", summary: "A tool", subcommands: [Sample.shift, Sample.shift])
    #expect(Audit(twice).findings.contains("tool: two subcommands are called shift"))
    let help = CommandSpecification("tool", summary: "A tool", subcommands: [BuiltIn.help])
    #expect(Audit(help).findings.contains("tool: help is a command of its own everywhere"))
  }

  @Test("rule 27: operands can be told apart")
  func operands() {
    let list = OperandList("NAME", .text, help: "Names")
    let required = Operand("PLACE", .text, help: "A place")
    #expect(
      Self.findings { $0.operands = [list, OptionalOperand("LAST", .text, help: "x")] }
        == ["tool act: NAME... takes all words, so it must be last"])
    #expect(
      Self.findings {
        $0.operands = [OptionalOperand("FIRST", .text, help: "x"), required]
        $0.examples = [Example("tool act a b", "Act")]
      } == ["tool act: PLACE is required after an operand that isn't"])
    #expect(
      Self.findings {
        $0.operands = [list]
        $0.subcommands = [Sample.shift]
      }.first == "tool act: it has both subcommands and operands")
  }

  @Test("rule 27: a digit for a letter would hide the negative numbers of an operand")
  func digits() {
    let nine = Toggle("nine", short: "9", help: "A digit")
    let expected = ["tool act: --nine has a digit for its letter, which keeps negative numbers from OFFSET"]
    #expect(
      Self.findings {
        $0.options.append(nine)
        $0.operands = [Operand("OFFSET", .number, help: "By how much")]
        $0.examples = [Example("tool act 5", "Act")]
      } == expected)
    #expect(
      Self.findings {
        $0.options.append(nine)
        $0.operands = [OptionalOperand("NAME", .text, help: "A name")]
      } == [])
  }

  @Test("rule 27: defaults, choices and examples are what the kind accepts")
  func values() {
    #expect(
      Self.findings {
        $0.options.append(DefaultedOption("level", .choice(["low", "high"]), default: "mid", help: "How much"))
      }
        == ["tool act: the default mid of --level is refused by its own kind"])
    #expect(
      Self.findings { $0.options.append(ListOption("part", .integer(1...3), default: [2, 9], help: "Which")) }
        == ["tool act: the default 9 of --part is refused by its own kind"])
    #expect(
      Self.findings { $0.options.append(Option("level", .choice(["low", "low", ""]), help: "How much")) }
        == ["tool act: a choice of --level is empty", "tool act: --level has the choice low twice"])
    #expect(
      Self.findings { $0.options.append(Option("count", .integer(1...3).example("5"), help: "How many")) }
        == ["tool act: the example 5 of --count is refused by its own kind"])
    #expect(
      Self.findings { $0.options.append(ListOption("part", .choice(["a,b", "c"]), separator: ",", help: "Which")) }
        .contains("tool act: a choice of --part holds the separator ,"))
    #expect(
      Self.findings {
        $0.options.append(ListOption("part", .text, separator: ",", default: ["a", "b,c"], help: "Which"))
      } == ["tool act: a default of --part holds the separator ,"])
    #expect(
      Self.findings { $0.options.append(Option("level", .choice([]), help: "How much")) }.contains(
        "tool act: --level has no choice"))
  }

  @Test("rule 27: groups name what exists and can be left out")
  func groups() {
    #expect(Self.findings { $0.groups = [.exclusive("--fast")] } == ["tool act: a group has fewer than two members"])
    #expect(
      Self.findings { $0.groups = [.exclusive("--fast", "--context", "--fast")] } == [
        "tool act: a group names --fast twice"
      ])
    #expect(
      Self.findings { $0.groups = [.exclusive("--fast", "NAME")] } == [
        "tool act: a group names NAME, which doesn't exist"
      ])
    #expect(
      Self.findings {
        $0.operands = [Operand("NAME", .text, help: "A name")]
        $0.options.append(RequiredOption("place", .text, help: "Where"))
        $0.groups = [.exclusive("NAME", "--place")]
        $0.examples = [Example("tool act a | cat", "Act"), Example("true", "Nothing of ours")]
      }.prefix(2) == [
        "tool act: NAME is in a group, so it cannot be required",
        "tool act: --place is in a group, so it cannot be required",
      ])
  }

  @Test("rule 27: texts are there, in form, and name only options that exist")
  func texts() {
    #expect(Self.findings { $0.summary = "" } == ["tool act: the summary has no help"])
    #expect(Self.findings { $0.summary = "Act." } == ["tool act: the help of the summary ends with a full stop"])
    #expect(
      Self.findings { $0.summary = String(repeating: "한", count: 31) } == [
        "tool act: the summary is wider than 60 columns"
      ])
    #expect(Self.findings { $0.options.append(Toggle("good", help: "")) } == ["tool act: --good has no help"])
    #expect(Self.findings { $0.discussion = "Use --fast, --context or --help." } == [])
    #expect(
      Self.findings { $0.discussion = "Use --fats." } == ["tool act: a text names --fats, which isn't accepted here"])
    #expect(
      Self.findings { $0.discussion = "Use --slow." } == ["tool act: a text names --slow, which isn't accepted here"])
    #expect(Self.findings { $0.discussion = "As `tool other --slow` does." } == [])
    #expect(Self.findings { $0.discussion = "A dash -- like this --- or --1." } == [])
    #expect(
      Self.findings { $0.seeAlso = ["other", "another"] } == ["tool act: see also names another, which doesn't exist"])
    #expect(
      Self.findings { $0.exitStatuses = [ExitStatus(1, "a"), ExitStatus(1, "b")] } == [
        "tool act: exit status 1 is explained twice"
      ])
    #expect(Self.findings { $0.exitStatuses = [ExitStatus(256, "a")] } == ["tool act: 256 is no exit status"])
  }

  @Test("rule 27: examples are command lines of their own command")
  func examples() {
    #expect(Self.findings { $0.examples = [] } == ["tool act: it has no example"])
    #expect(
      Self.findings { $0.examples = [Example("tool act --fats", "Act")] }
        == [#"tool act: the example tool act --fats is refused: unknown option '--fats'"#])
    #expect(
      Self.findings { $0.examples = [Example("tool other", "Act")] } == [
        "tool act: the example tool other runs tool other"
      ])
    #expect(
      Self.findings { $0.examples = [Example("tool act 'x", "Act")] } == [
        "tool act: the example tool act 'x has an open quote"
      ])
    #expect(Self.findings { $0.examples = [Example("eval \"$(tool nonsense)\"", "Act")] } == [])
    let sub = CommandSpecification("sub", summary: "Be below", examples: [Example("tool subway", "Go")])
    let subway = CommandSpecification("subway", summary: "Be a train", examples: [Example("tool subway", "Go")])
    #expect(
      Audit(CommandSpecification("tool", summary: "A tool", subcommands: [sub, subway])).findings
        == ["tool sub: the example tool subway runs tool subway"])
  }
}
