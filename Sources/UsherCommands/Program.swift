import Arguments
import Changes
import Failures
import Glibc
import Terminal
import Text

/// The whole program as a function of its arguments and environment, with an exit status as result.
public struct Program {
  /// The bytes of each argument without the program's name; they may be invalid UTF-8.
  let words: [[UInt8]]
  /// The bytes of the environment variables; they may be invalid UTF-8.
  let variables: [String: [UInt8]]
  /// The variables as text, with invalid UTF-8 repaired; for variables of other programs, such as PATH.
  let environment: [String: String]
  let output: OutputStream
  let errors: OutputStream

  public init(words: [[UInt8]], environment variables: [String: [UInt8]]) {
    self.words = words
    self.variables = variables
    let environment = variables.mapValues { String(decoding: $0, as: UTF8.self) }
    self.environment = environment
    // The colour option is needed before the arguments are parsed, because usage errors are coloured too.
    let color = Self.colorChoice(in: words)
    output = OutputStream(
      descriptor: STDOUT_FILENO, name: "standard output", color: color, environment: environment)
    errors = OutputStream(
      descriptor: STDERR_FILENO, name: "standard error", color: color, environment: environment)
  }

  /// Runs the command line and returns the exit status of the process. All output is flushed before it returns.
  public func run() -> Int32 {
    do {
      let result = Parser(Catalog.root).parse(words, environment: { variables[$0] })
      let status = try carryOut(result)
      try output.flush()
      return status
    } catch OutputError.closed {
      // `usher … | head`: the reader has closed the pipe, which needs no message.
      return Failure.Kind.outputFailed.rawValue
    } catch {
      return report(error)
    }
  }

  private func carryOut(_ result: ParseResult) throws -> Int32 {
    switch result {
    case .help(let page):
      try output.write(page.text(width: output.width ?? (output.isTerminal ? 80 : nil)))
      return 0
    case .version:
      try output.writeLine("usher \(Version.number)")
      return 0
    case .failure(let error):
      return reportUsage(error)
    case .run(let invocation):
      for warning in invocation.warnings { try? errors.writeText(warning, lead: "usher: ") }
      try refuseBadVariables()
      guard let command = Catalog.command(at: invocation.command.names) else {
        throw Failure(.bug, "no command is implemented for '\(invocation.command.text)'")
      }
      let session = Session(
        values: invocation.values, commandLine: commandLine, environment: environment, output: output, errors: errors,
        actor: Self.actor(environment))
      // This is checked before a change, because its result could not be printed afterwards.
      let isSilent = session.isQuiet && session.format == .table
      if command.specification.effect != .reads && !isSilent { try output.requireWritable() }
      do {
        try command.run(invocation.values, session)
      } catch let error as OutputError {
        throw error
      } catch {
        throw session.failure(for: error)
      }
      return 0
    }
  }

  /// Refuses variables of usher that are not valid UTF-8. A repaired value could name another store.
  private func refuseBadVariables() throws {
    let bad = variables.filter {
      $0.key.hasPrefix("USHER_") && String(validating: $0.value, as: UTF8.self) == nil
    }
    guard let name = bad.keys.min() else { return }
    throw Failure(.usage, "the variable \(name) is not valid UTF-8", hints: ["set it again, or unset it"])
  }

  private func reportUsage(_ error: UsageError) -> Int32 {
    // If standard error cannot be written, only the exit status is left.
    try? ErrorReport.write(error, words, to: errors)
    return Failure.Kind.usage.rawValue
  }

  /// Prints the error on standard error after flushing standard output; returns the exit status.
  private func report(_ error: any Error) -> Int32 {
    var failure = ErrorReport.failure(for: error)
    do {
      if !(error is OutputError) { try output.flush() }
    } catch OutputError.closed {
      // The reader has closed the pipe; the failure must still be reported.
    } catch {
      // A failure of kind `outputFailed` already says so and knows more: what was done and how to undo it.
      if failure.kind != .outputFailed { failure = ErrorReport.failure(for: error) }
    }
    if Interruption.signalNumber == SIGINT { try? errors.eraseLine() }
    // If standard error cannot be written either, only the exit status is left.
    try? ErrorReport.write(failure, to: errors)
    return failure.kind.rawValue
  }

  /// The command line for the history, quoted so that it can be run again.
  private var commandLine: String {
    ShellWords.line(["usher"] + words.map { String(decoding: $0, as: UTF8.self) })
  }

  private static func colorChoice(in words: [[UInt8]]) -> ColorChoice {
    let texts = words.map { String(decoding: $0, as: UTF8.self) }
    for (index, text) in texts.enumerated().reversed() {
      let value =
        text.hasPrefix("--color=")
        ? String(text.dropFirst(8)) : (text == "--color" && index + 1 < texts.count ? texts[index + 1] : nil)
      if let choice = value.flatMap(ColorChoice.init(rawValue:)) { return choice }
    }
    return .auto
  }

  private static func actor(_ environment: [String: String]) -> Actor {
    // The history names the user who ran sudo.
    let user =
      environment["SUDO_USER"] ?? environment["USER"] ?? getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) }
      ?? "uid \(getuid())"
    let host = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { name -> String? in
      guard let start = name.baseAddress, gethostname(start, name.count) == 0 else { return nil }
      name[name.count - 1] = 0
      return String(cString: start)
    }
    return Actor(user: user, host: host ?? "unknown host")
  }
}
