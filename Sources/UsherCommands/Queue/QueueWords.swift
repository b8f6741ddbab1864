import Arguments
import Configuration
import Failures
import Redis
import Terminal
import Text
import WaitingRoom

/// The tokens that an operator names: on the command line, in a file, or on standard input.
enum QueueWords {
  static let tokens = OperandList("TOKEN", .text, help: "The tokens; a single `-` reads them from standard input")
  static let file = Option(
    "file", .path, placeholder: "FILE", help: "Read the tokens from a file, one per line; `-` is standard input")

  /// What a group of options calls the two.
  static let group = Constraint.oneOf("TOKEN", "--file")

  static let help = """
    A file has one token per line, at most 500,000. Empty lines are skipped. A line is not a valid token if it begins or ends with \
    a blank, contains control characters, or is longer than 4,096 bytes. The command then ends with the number of the line, before \
    anything is changed.
    """

  /// The words of this command line, in their order; empty where neither was given.
  static func read(_ values: ParsedValues) throws -> [RedisArgument] {
    let words = values[tokens]
    if let path = values[file] ?? (words == ["-"] ? "-" : nil) { return try read(path: path) }
    return try words.enumerated().map { number, word in
      if let mistake = mistake(in: Array(word.utf8)[...]) {
        throw Failure(.usage, "the token \(number + 1) on the command line \(mistake)")
      }
      return RedisArgument(ByteNotation.reading(word.utf8))
    }
  }

  /// As many tokens as one command takes, each of 268 bytes.
  private static let largest = 128 << 20

  private static func read(path: String) throws -> [RedisArgument] {
    let name = path == "-" ? "standard input" : "'\(path)'"
    let bytes: [UInt8]?
    do {
      bytes = try Files.contents(
        of: path == "-" ? "/dev/stdin" : path, upTo: largest, isInterrupted: { Interruption.isRequested })
    } catch {
      if Interruption.isRequested { throw Failure(Interruption.failureKind, "nothing was changed") }
      throw Failure(.noInput, "cannot read \(name) (\(error.reason))")
    }
    guard let bytes else { throw Failure(.noInput, "there is no file \(name)") }
    return try parse(bytes, name)
  }

  /// The tokens of a text, one a line; the first bad line ends it.
  static func parse(_ bytes: [UInt8], _ name: String) throws(Failure) -> [RedisArgument] {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    var rest = bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes[...]
    var (found, number): ([RedisArgument], Int) = ([], 0)
    while !rest.isEmpty {
      number += 1
      let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
      var line = rest[..<end]
      rest = rest[end...].dropFirst()
      if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
      if line.isEmpty { continue }
      if let mistake = mistake(in: line) {
        throw Failure(.badInput, "line \(number) of \(name) \(mistake)", hints: ["nothing was changed"])
      }
      guard found.count < WaitingRoom.repairLimit else {
        throw Failure(
          .badInput, "line \(number) of \(name) is one more than the 500,000 tokens that one command takes",
          hints: ["split the file; nothing was changed"])
      }
      found.append(RedisArgument(ByteNotation.reading(line)))
    }
    return found
  }

  /// Why these bytes are no token, as the end of a sentence.
  private static func mistake(in line: ArraySlice<UInt8>) -> String? {
    guard let first = line.first, let last = line.last else { return "is empty" }
    if line.count > 4096 { return "is longer than 4,096 bytes" }
    if line.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "holds a control character" }
    if first == 0x20 || last == 0x20 { return "begins or ends with a blank" }
    return nil
  }

  /// A warning about tokens that are not in the queue; nil where there are none.
  static func warning(_ unknown: [RedisArgument], queue: String, takesActive: Bool = false) -> String? {
    guard !unknown.isEmpty else { return nil }
    let shown = unknown.prefix(5).map { ByteNotation.encode($0.bytes) }.joined(separator: ", ")
    let tokens = unknown.count.counted("token is", plural: "tokens are")
    let missing = takesActive ? "neither waiting nor active" : "not waiting"
    return "\(tokens) \(missing) in queue '\(queue)': \(shown)\(unknown.count > 5 ? ", …" : "")"
  }
}
