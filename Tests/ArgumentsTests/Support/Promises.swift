import Arguments
import Text

/// What is promised of every result, whatever the words. The seeded tests and the fuzz targets both hold the parser to it.
struct Promises {
  let parser: Parser

  /// What a list of words led to, and the promise that was broken on the way, if any.
  func check(
    _ words: [[UInt8]], variable: [UInt8]? = nil, file: [String: String] = [:], width: Int = 80
  ) -> (result: ParseResult, broken: String?) {
    let parse = { (words: [[UInt8]]) in
      parser.parse(words, environment: { _ in variable }, files: [FileValues(path: "file", values: file)])
    }
    let result = parse(words)
    let broken: String? =
      switch result {
      case .run(let invocation): Promises.broken(by: invocation, parse)
      case .help(let page): page.text(width: width).hasPrefix("usage: ") ? nil : "help without its usage line"
      case .version: nil
      case .failure(let error): Promises.broken(by: error, words, width, parse)
      }
    return (result, broken ?? leak(among: words, width, parse))
  }

  /// A secret among the words is in nothing that is shown of a mistake.
  private func leak(among words: [[UInt8]], _ width: Int, _ parse: ([[UInt8]]) -> ParseResult) -> String? {
    let (before, after) = (words.prefix(words.count / 2), words.dropFirst(words.count / 2))
    // Behind the end of the options it is a word like any other.
    guard let option = parser.root.options.first(where: \.details.isSecret), !before.contains(Array("--".utf8)) else {
      return nil
    }
    let secret = "s3cr3t!Zq"
    let planted = before + [Array("\(option.details.flag)=\(secret)".utf8)] + after
    guard case .failure(let error) = parse(Array(planted)) else { return nil }
    let text = error.text(words: Array(planted), width: width, isTerminal: true) + error.text(words: Array(planted))
    return text.contains(secret) ? "a secret is shown: \(text)" : nil
  }

  /// What is accepted knows words that ask for the same.
  private static func broken(by invocation: Invocation, _ parse: ([[UInt8]]) -> ParseResult) -> String? {
    let words = invocation.words
    guard case .run(let again) = parse(words.map { Array($0.utf8) }) else { return "\(words) is not accepted again" }
    if again.words != words { return "\(words) became \(again.words)" }
    if !again.warnings.isEmpty { return "\(words) holds former names" }
    return drivesTerminal(invocation.warnings.joined()) ? "a warning drives the terminal" : nil
  }

  /// An error points at words that are there, is safe and narrow enough to be shown, and what it offers runs.
  private static func broken(
    by error: UsageError, _ words: [[UInt8]], _ width: Int, _ parse: ([[UInt8]]) -> ParseResult
  ) -> String? {
    for mark in error.marks + error.secrets {
      guard words.indices.contains(mark.word), mark.bytes.lowerBound >= 0,
        mark.bytes.upperBound <= words[mark.word].count
      else { return "\(mark) is outside of the words" }
    }
    if error.message.isEmpty { return "an error without a message" }
    for line in error.lines(words: words, width: width, isTerminal: true) {
      if drivesTerminal(line.text) { return "a line drives the terminal: \(line)" }
      switch line {
      case .commandLine(let text) where text.displayWidth > width: return "the echo is too wide: \(text)"
      case .marks(let text) where text.displayWidth > width: return "the marks are too wide: \(text)"
      default: break
      }
    }
    guard let correction = error.correction else { return nil }
    if case .run = parse(correction.applied(to: words)) { return nil }
    return "what is offered doesn't run: \(correction)"
  }

  /// A word is refused by a kind in a message that can be shown, or its value survives print and parse.
  ///
  /// - Returns: whether the word is accepted, and the promise that was broken, if any.
  static func check<Value: Equatable>(_ kind: ValueKind<Value>, _ word: String) -> (isAccepted: Bool, broken: String?) {
    let option = Option("value", kind, help: "What is read")
    let command = CommandSpecification("tool", summary: "Read a value", options: [option])
    switch Parser(command).parse(["--value=" + word]) {
    case .run(let invocation):
      guard let value = invocation.values[option] else { return (true, "no value") }
      let text = kind.print(value)
      guard let again = try? kind.parse(text), again == value else { return (true, "\(value) is printed as \(text)") }
      return (true, kind.print(again) == text ? nil : "\(text) is printed otherwise the second time")
    case .failure(let error): return (false, drivesTerminal(error.text()) ? "a message drives the terminal" : nil)
    case .help, .version: return (false, "a value that isn't read as one")
    }
  }

  /// Whether a terminal would obey some of it, or show it in another order.
  static func drivesTerminal(_ text: String) -> Bool {
    text.unicodeScalars.contains { scalar in
      scalar.properties.generalCategory == .control && scalar != "\n" || scalar == "\u{202E}"
    }
  }
}
