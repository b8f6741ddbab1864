/// What an unfinished command line says so far, for a shell that completes its next word.
public struct PartialLine: Sendable {
  /// The command as far as it is named.
  public let command: CommandPath
  /// The values of the options and operands that can be read.
  public let values: ParsedValues
}

extension Parser {
  /// Reads the words before the cursor. What is wrong or missing in them is passed over: the line is still being written.
  public func partial(_ words: [[UInt8]], environment: (String) -> [UInt8]? = { _ in nil }) -> PartialLine {
    var reader = WordReader(root: root, words: words)
    reader.read()
    var assembly = ValueAssembly(reader)
    _ = try? assembly.assignOperands()
    _ = try? assembly.fill(environment: environment)
    return PartialLine(command: reader.path, values: assembly.values)
  }
}
