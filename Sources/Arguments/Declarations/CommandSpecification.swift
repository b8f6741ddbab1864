/// What a command is: everything that the parser, the help, the manual and the completions know of it.
///
/// The root of the tree is the program itself. A command with subcommands takes no operands; its options are accepted
/// by everything below it, before or after the subcommand's name.
///
/// ```swift
/// let find = CommandSpecification(
///   "find", summary: "Find seats side by side", examples: [Example("seats find 2", "Two seats")],
///   operands: [count], options: [row, hold])
/// let root = CommandSpecification("seats", summary: "Look for seats", subcommands: [find])
/// ```
///
/// Nothing is checked here. `Audit` finds the mistakes in a whole tree; call it in the tests of a program.
public struct CommandSpecification: Sendable {
  /// One word: `admit`. The root's is the program's name.
  public var name: String
  /// Imperative, at most 60 columns, without a full stop.
  public var summary: String
  /// When to use it and what it does, for the help and the manual. Empty lines separate paragraphs.
  public var discussion: String
  /// Text that only the manual has, after the discussion. The help then names the page.
  public var details: String
  public var effect: Effect
  public var examples: [Example]
  public var operands: [any OperandDeclaration]
  public var options: [any OptionDeclaration]
  public var groups: [Constraint]
  /// What the statuses mean for this command, beyond 0 and usage errors.
  public var exitStatuses: [ExitStatus]
  /// Variables that matter here and belong to no option.
  public var environment: [EnvironmentVariable]
  /// Other commands, without the program's name: `queue status`.
  public var seeAlso: [String]
  public var subcommands: [CommandSpecification]
  /// Whether it is left out of help, suggestions and completions.
  public var isHidden: Bool

  public init(
    _ name: String, summary: String, discussion: String = "", details: String = "", effect: Effect = .reads,
    examples: [Example] = [], operands: [any OperandDeclaration] = [], options: [any OptionDeclaration] = [],
    groups: [Constraint] = [], exitStatuses: [ExitStatus] = [], environment: [EnvironmentVariable] = [],
    seeAlso: [String] = [],
    subcommands: [CommandSpecification] = [], isHidden: Bool = false
  ) {
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.details = details
    self.effect = effect
    self.examples = examples
    self.operands = operands
    self.options = options
    self.groups = groups
    self.exitStatuses = exitStatuses
    self.environment = environment
    self.seeAlso = seeAlso
    self.subcommands = subcommands
    self.isHidden = isHidden
  }
}

/// What a command does to the stores.
public enum Effect: String, CaseIterable, Sendable {
  case reads
  case changes
  case destroys
}

/// A command line and what it does.
public struct Example: Sendable {
  public var command: String
  public var text: String

  public init(_ command: String, _ text: String) {
    self.command = command
    self.text = text
  }
}

/// What an exit status means.
public struct ExitStatus: Sendable {
  public var status: Int
  public var meaning: String

  public init(_ status: Int, _ meaning: String) {
    self.status = status
    self.meaning = meaning
  }
}

/// A variable that a command reads.
public struct EnvironmentVariable: Sendable {
  public var name: String
  public var help: String

  public init(_ name: String, _ help: String) {
    self.name = name
    self.help = help
  }
}
