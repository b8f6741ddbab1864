/// What a command line asks for.
public enum ParseResult: Sendable {
  case run(Invocation)
  /// `-h`, `--help` or `help`: to be printed on standard output, with status 0.
  case help(HelpPage)
  /// `--version`.
  case version
  case failure(UsageError)
}

/// A command to run, with its values.
public struct Invocation: Sendable {
  public var command: CommandPath
  public var values: ParsedValues
  /// One for each former name that was used, for standard error.
  public var warnings: [String]

  /// The words, without the program's name, that ask for the same again: options in the order of the specification, each value
  /// attached, operands behind `--`.
  ///
  /// Only what the command line gave; values of variables and files are not in it, secrets are.
  public var words: [String] {
    let options = command.options.flatMap { option in
      given(option.details.flag).map { option.words(for: $0) } ?? []
    }
    let operands = command.command.operands.flatMap { operand in
      given(operand.name).map { operand.words(for: $0) } ?? []
    }
    return command.names + options + (operands.isEmpty ? [] : ["--"] + operands)
  }

  private func given(_ name: String) -> (any Sendable)? {
    values.entries[name].flatMap { $0.origin == .commandLine ? $0.value : nil }
  }
}
