import Arguments

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
    switch result {
    case .run(let invocation): return (result, Promises.broken(by: invocation, parse))
    case .help(let page):
      return (result, page.text(width: width).hasPrefix("usage: ") ? nil : "help without its usage line")
    case .version: return (result, nil)
    case .failure(let error): return (result, Promises.broken(by: error, words, width, parse))
    }
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
      case .commandLine(let text) where Columns.width(of: text) > width: return "the echo is too wide: \(text)"
      case .marks(let text) where Columns.width(of: text) > width: return "the marks are too wide: \(text)"
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
