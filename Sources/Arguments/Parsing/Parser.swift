/// Turns the words of a command line into a command with its values, or into one usage error.
///
/// Pure: it neither prints nor exits, and reads no clock, no file and no environment but what it is given. Any list of words
/// ends in a result.
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
    var reader = WordReader(root: root)
    reader.read(words)
    if let style = reader.helpStyle { return .help(HelpPage(reader.topic ?? reader.path, style)) }
    if reader.wantsVersion { return .version }
    if let error = reader.error { return .failure(error) }
    if let topic = reader.topic { return .help(HelpPage(topic, .full)) }
    var assembly = ValueAssembly(reader)
    do {
      try assembly.assignOperands(reader.operands)
      try assembly.fill(environment: environment)
      try assembly.fill(files: files)
      try assembly.check()
    } catch {
      return .failure(UsageError(kind: error.kind, command: reader.path))
    }
    return .run(Invocation(command: reader.path, values: assembly.values, warnings: reader.warnings))
  }

  /// The same for words that are known to be text.
  public func parse(_ words: [String], environment: [String: String] = [:], files: [FileValues] = []) -> ParseResult {
    parse(words.map { Array($0.utf8) }, environment: { environment[$0].map { Array($0.utf8) } }, files: files)
  }
}
