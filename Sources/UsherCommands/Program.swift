import Arguments
import Changes
import Failures
import Glibc
import Terminal
import Text

/// The program as a function: words and environment in, an exit status out.
public struct Program {
  /// The bytes of argv without the program's name; they need not be UTF-8.
  let words: [[UInt8]]
  /// The bytes of the variables; they need not be UTF-8 either.
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
    // The colour choice is wanted before the words are parsed, because a usage error is coloured too.
    let color = Self.colorChoice(in: words)
    output = OutputStream(
      descriptor: STDOUT_FILENO, name: "standard output", color: color, environment: environment)
    errors = OutputStream(
      descriptor: STDERR_FILENO, name: "standard error", color: color, environment: environment)
  }

  /// Runs the command line and returns the process's exit status. Everything is written and flushed by then.
  public func run() -> Int32 {
    do {
      let result = Parser(Catalog.root).parse(words, environment: { variables[$0] })
      let status = try carryOut(result)
      try output.flush()
      return status
    } catch OutputError.closed {
      // `usher … | head`: the reader has had enough, which is nobody's error.
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
        throw Failure(.bug, "no command stands behind '\(invocation.command.text)'")
      }
      let session = Session(
        values: invocation.values, commandLine: commandLine, environment: environment, output: output, errors: errors,
        actor: Self.actor(environment))
      // Before a change rather than after it: nobody would hear what was done.
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

  /// A setting that is not valid UTF-8 must not be repaired, because it would then name another store.
  private func refuseBadVariables() throws {
    let bad = variables.filter {
      $0.key.hasPrefix("USHER_") && String(validating: $0.value, as: UTF8.self) == nil
    }
    guard let name = bad.keys.min() else { return }
    throw Failure(.usage, "the variable \(name) is not valid UTF-8", hints: ["set it again, or unset it"])
  }

  private func reportUsage(_ error: UsageError) -> Int32 {
    // Where standard error cannot be written, the status is all that is left.
    try? ErrorReport.write(error, words, to: errors)
    return Failure.Kind.usage.rawValue
  }

  /// Says the error on standard error, after what standard output still holds.
  private func report(_ error: any Error) -> Int32 {
    var failure = ErrorReport.failure(for: error)
    do {
      if !(error is OutputError) { try output.flush() }
    } catch OutputError.closed {
      // The reader has had enough; the failure is still to be told.
    } catch {
      // One that says so already knows more: what was done, and how it is taken back.
      if failure.kind != .outputFailed { failure = ErrorReport.failure(for: error) }
    }
    if Interruption.signalNumber == SIGINT { try? errors.eraseLine() }
    // Where standard error cannot be written either, the status is all that is left.
    try? ErrorReport.write(failure, to: errors)
    return failure.kind.rawValue
  }

  /// The command line as history keeps it, so that it can be typed again.
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
    // The person behind sudo is who history should name.
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
