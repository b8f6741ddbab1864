/// A command with its place in the tree: from the program down to it. Never empty.
public struct CommandPath: Sendable {
  public let root: CommandSpecification
  private var below: [CommandSpecification] = []

  public init(_ root: CommandSpecification) { self.root = root }

  public func appending(_ subcommand: CommandSpecification) -> CommandPath {
    var copy = self
    copy.below.append(subcommand)
    return copy
  }

  public var specifications: [CommandSpecification] { [root] + below }
  public var command: CommandSpecification { below.last ?? root }
  public var isRoot: Bool { below.isEmpty }

  /// Without the program's name: `["queue", "admit"]`.
  public var names: [String] { below.map(\.name) }

  /// With the program's name: `usher queue admit`.
  public var text: String { specifications.map(\.name).joined(separator: " ") }

  /// The usage line of this command: `usher queue admit [COUNT | --fill-to N] [options]`.
  public var synopsis: String { Synopsis(self).text }

  /// Every option that is accepted here, the nearest command's first, the built-in ones last.
  public var options: [any OptionDeclaration] { specifications.reversed().flatMap(\.options) + BuiltIn.options }

  /// The options that are accepted because a command above declares them.
  var inheritedOptions: [any OptionDeclaration] {
    specifications.dropLast().reversed().flatMap(\.options) + BuiltIn.options
  }

  /// The options that the groups between the program and this command declare, the nearest first.
  var groupOptions: [any OptionDeclaration] {
    specifications.dropFirst().dropLast().reversed().flatMap(\.options)
  }

  /// The name of its page in the manual: `usher-queue-admit`.
  var pageName: String { specifications.map(\.name).joined(separator: "-") }

  /// The rules that hold here, the nearest command's first: those of a command hold for all below it, as its options do.
  var groups: [Constraint] { specifications.reversed().flatMap(\.groups) }

  /// The subcommands that help shows; the program itself also has `help`.
  var visibleSubcommands: [CommandSpecification] {
    let visible = command.subcommands.filter { !$0.isHidden }
    return isRoot && !visible.isEmpty ? visible + [BuiltIn.help] : visible
  }

  /// This command and all below it, in declared order.
  var all: [CommandPath] { [self] + command.subcommands.flatMap { appending($0).all } }
}

extension CommandPath: Equatable {
  public static func == (one: CommandPath, other: CommandPath) -> Bool {
    one.specifications.map(\.name) == other.specifications.map(\.name)
  }
}

/// What every program has in addition to what it declares.
enum BuiltIn {
  static let helpToggle = Toggle("help", short: "h", help: "Show help; -h is the short form")
  static let versionToggle = Toggle("version", help: "Show the version")
  static let options: [any OptionDeclaration] = [helpToggle, versionToggle]

  static let help = CommandSpecification(
    "help", summary: "Show the help of a command",
    discussion: "With the word options instead of a command, it lists the options that all commands accept.",
    operands: [OperandList("COMMAND", .text, help: "The command's words, for example queue admit")])
}
