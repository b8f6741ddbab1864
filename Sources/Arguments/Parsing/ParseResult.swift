/// What a command line asks for.
public enum ParseResult: Sendable {
  case run(Invocation)
  case help(HelpPage)
  case version
  case failure(UsageError)
}

/// A command to run, with its values.
public struct Invocation: Sendable {
  public var command: CommandPath
  public var values: ParsedValues
  /// One for each former name that was used, for stderr.
  public var warnings: [String]
}
