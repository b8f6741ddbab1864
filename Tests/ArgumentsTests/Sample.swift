import Testing

@testable import Arguments

/// A program like ours, small enough to know by heart.
enum Sample {
  // Everywhere.
  static let context = Option(
    "context", .text.completing("contexts"), short: "c", placeholder: "NAME", help: "Where to work",
    environment: "T_CONTEXT")
  static let quiet = Toggle("quiet", short: "q", help: "Print nothing on success")
  static let verbose = Counter("verbose", short: "v", help: "Say more", environment: "T_VERBOSE")
  static let timeout = DefaultedOption(
    "timeout", .duration, default: .seconds(5), help: "How long to wait", environment: "T_TIMEOUT")
  static let password = Option("password", .text, help: "The password", environment: "T_PASSWORD", isSecret: true)
  static let pin = Option("pin", .integer(1000...9999), help: "A secret number", environment: "T_PIN", isSecret: true)

  // queue admit
  static let count = OptionalOperand("COUNT", .integer(1...), help: "How many people to admit")
  static let fillTo = Option("fill-to", .integer(0...), placeholder: "N", help: "Admit until so many are active")
  static let dryRun = Toggle("dry-run", short: "n", help: "Show the plan only")
  static let rate = Option("rate", .rate, short: "r", help: "How fast")
  static let reason = Option("reason", .text, help: "Why", section: "Consent")
  static let color = Toggle("color", default: true, help: "Colour the output")
  static let delta = Option("delta", .number, short: "d", help: "A change", formerNames: ["difference"])
  static let since = Option("since", .instant, help: "From when on")
  static let internals = Toggle("internals", help: "For tests", isHidden: true)

  // outbox replay
  static let status = ListOption(
    "status", .choice(["INIT", "FAIL", "RETRY"]), separator: ",", default: ["INIT", "FAIL"], help: "Which events")
  static let id = ListOption("id", .integer, short: "i", help: "One event; may be repeated")
  static let topic = RequiredOption("topic", .text, help: "Where to")
  static let user = Option("user", .text, help: "As whom")
  static let key = Option("key", .text, help: "With which key")

  // index create
  static let table = Operand("TABLE", .text, help: "The table")
  static let columns = OperandList("COLUMN", .text, minimum: 2, help: "The columns, in order")

  // shift
  static let offset = Operand("OFFSET", .number, help: "By how much")

  static let admit = CommandSpecification(
    "admit", summary: "Admit waiting people",
    discussion: "Moves people from the waiting room to the active set.\n\nUse it when the sale is stuck.",
    effect: .changes,
    examples: [Example("tool queue admit 420", "Admit the next 420 people")], operands: [count],
    options: [fillTo, dryRun, rate, reason, color, delta, since, internals], groups: [.exclusive("COUNT", "--fill-to")],
    exitStatuses: [ExitStatus(75, "another admission is running")], seeAlso: ["queue status"])
  static let queueStatus = CommandSpecification(
    "status", summary: "Show the waiting room", examples: [Example("tool queue status", "How many wait")])
  static let replay = CommandSpecification(
    "replay", summary: "Publish stuck events", effect: .changes,
    examples: [Example("tool outbox replay --topic t --status INIT,FAIL | wc -l", "Publish what is stuck")],
    options: [status, id, topic, user, key],
    groups: [.together("--user", "--key")])
  static let create = CommandSpecification(
    "create", summary: "Create an index", effect: .changes,
    examples: [Example("tool index create seat status id", "An index for the seat search")], operands: [table, columns])
  static let shift = CommandSpecification(
    "shift", summary: "Shift the clock", examples: [Example("tool shift -1.5", "Back by an hour and a half")],
    operands: [offset])

  static let root = CommandSpecification(
    "tool", summary: "Operate a ticket sale", options: [context, quiet, verbose, timeout, password, pin],
    exitStatuses: [ExitStatus(69, "a store cannot be reached")],
    environment: [EnvironmentVariable("T_HOME", "Where the state lives")],
    subcommands: [
      CommandSpecification("queue", summary: "The waiting room", subcommands: [queueStatus, admit]),
      CommandSpecification("outbox", summary: "Stuck events", subcommands: [replay]),
      CommandSpecification("index", summary: "Indexes", subcommands: [create]), shift,
      CommandSpecification("secret", summary: "Nothing to see", isHidden: true),
    ])
  static let parser = Parser(root)

  /// What becomes of a command line, in one line.
  static func outcome(_ line: String, environment: [String: String] = [:], files: [FileValues] = []) -> String {
    text(parser.parse(words(line), environment: environment, files: files))
  }

  static func text(_ result: ParseResult) -> String {
    switch result {
    case .run(let invocation): text(invocation)
    case .help(let page): "\(page.style) help of \(page.command.text)"
    case .version: "version"
    case .failure(let error): ([error.message] + error.hints).joined(separator: "; ")
    }
  }

  /// `queue admit: --rate 7/s, COUNT 5`, values in the order of their names.
  private static func text(_ invocation: Invocation) -> String {
    let values = invocation.values.entries.sorted { $0.key < $1.key }.map { name, entry in
      switch entry.origin {
      case .commandLine: "\(name) \(entry.value)"
      case .environment(let variable): "\(name) \(entry.value) by \(variable)"
      case .file(let path): "\(name) \(entry.value) by \(path)"
      case .defaultValue: "\(name) \(entry.value) by default"
      }
    }
    let words = invocation.command.names.joined(separator: " ") + ": " + values.joined(separator: ", ")
    return ([words] + invocation.warnings).joined(separator: "; ")
  }

  /// The values of a command line that must be right.
  static func values(_ line: String, environment: [String: String] = [:]) throws -> ParsedValues {
    switch parser.parse(words(line), environment: environment) {
    case .run(let invocation): return invocation.values
    case .failure(let error): throw error
    case .help, .version: throw Unexpected()
    }
  }

  /// The error of a command line that must be wrong.
  static func error(_ line: String) throws -> UsageError {
    guard case .failure(let error) = parser.parse(words(line)) else { throw Unexpected() }
    return error
  }

  /// Words at spaces; `''` is an empty word.
  static func words(_ line: String) -> [String] {
    line.split(separator: " ").map { $0 == "''" ? "" : String($0) }
  }

  struct Unexpected: Error {}
}

/// A row of a table: the rule of the parser's requirements, a command line, and what becomes of it.
struct Row: CustomTestStringConvertible, Sendable {
  var rule: Int
  var line: String
  var outcome: String

  init(_ rule: Int, _ line: String, _ outcome: String) {
    self.rule = rule
    self.line = line
    self.outcome = outcome
  }

  var testDescription: String { "rule \(rule): \(line)" }
}

extension String {
  var bytes: [UInt8] { Array(utf8) }
}
