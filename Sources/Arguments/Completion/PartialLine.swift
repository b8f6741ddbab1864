/// What the words before the cursor say, as far as they can be read.
public struct PartialLine: Sendable {
  /// The command as far as it is named.
  public let command: CommandPath
  /// The values of the options and operands that can be read.
  public let values: ParsedValues

  init(_ reader: WordReader, _ environment: (String) -> [UInt8]?) {
    var assembly = ValueAssembly(reader)
    _ = try? assembly.assignOperands()
    _ = try? assembly.fill(environment: environment)
    command = reader.path
    values = assembly.values
  }
}

extension Parser {
  /// Reads the words before the cursor. Wrong and missing words are ignored, because the line is not finished.
  public func partial(_ words: [[UInt8]], environment: (String) -> [UInt8]? = { _ in nil }) -> PartialLine {
    var reader = WordReader(root: root, words: words)
    reader.read()
    return PartialLine(reader, environment)
  }
}
