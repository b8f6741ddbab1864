/// Turns the words of a command line into a command with its values, or into one usage error.
///
/// Pure: it neither prints nor exits, and reads no clock, no file and no environment but what it is given. Any list of words
/// ends in a result.
///
/// ```swift
/// switch Parser(root).parse(words, environment: variable(named:)) {
/// case .run(let invocation): try carryOut(invocation.command, invocation.values)
/// case .help(let page): write(page.text(width: terminalWidth), to: standardOutput)
/// case .version: write("tool 1.0\n", to: standardOutput)
/// case .failure(let error):
///   write(error.text(words: words, width: terminalWidth, isTerminal: true), to: standardError)
///   exit(UsageError.exitStatus)
/// }
/// ```
public struct Parser: Sendable {
  public let root: CommandSpecification

  public init(_ root: CommandSpecification) { self.root = root }

  /// - Parameters:
  ///   - words: the bytes of argv without the program's name.
  ///   - environment: the bytes of a variable; an empty one counts as unset.
  ///   - files: the values of configuration files, the nearest to the user first.
  public func parse(
    _ words: [[UInt8]], environment: (String) -> [UInt8]? = { _ in nil }, files: [FileValues] = []
  ) -> ParseResult {
    let result = read(words, environment, files)
    guard case .failure(var error) = result, let correction = error.correction else { return result }
    // Only a line that runs is offered, and none that would show a secret.
    if error.secrets.isEmpty, case .run = read(correction.applied(to: words), environment, files) { return result }
    error.correction = nil
    return .failure(error)
  }

  /// The same for words that are known to be text.
  public func parse(_ words: [String], environment: [String: String] = [:], files: [FileValues] = []) -> ParseResult {
    parse(words.map { Array($0.utf8) }, environment: { environment[$0].map { Array($0.utf8) } }, files: files)
  }

  private func read(
    _ words: [[UInt8]], _ environment: (String) -> [UInt8]?, _ files: [FileValues]
  ) -> ParseResult {
    var reader = WordReader(root: root, words: words)
    reader.read()
    if let style = reader.helpStyle { return .help(HelpPage(reader.topic ?? reader.path, style)) }
    if reader.wantsVersion { return .version }
    if var error = reader.error {
      error.hide(reader.secrets)
      return .failure(error)
    }
    if let topic = reader.topic { return .help(HelpPage(topic, .full)) }
    var assembly = ValueAssembly(reader)
    do {
      try assembly.assignOperands()
      try assembly.fill(environment: environment)
      try assembly.fill(files: files)
      try assembly.check()
    } catch {
      return .failure(
        UsageError(
          kind: error.kind, command: reader.path, marks: error.marks, secrets: reader.secrets,
          correction: error.correction))
    }
    return .run(Invocation(command: reader.path, values: assembly.values, warnings: reader.warnings))
  }
}
