import Text

/// What people read: present, in form, and naming only what exists.
extension Audit {
  mutating func checkTexts(_ path: CommandPath) {
    let command = path.command
    checkLine(command.summary, of: "the summary", path)
    if command.summary.displayWidth > 60 { report(path, "the summary is wider than 60 columns") }
    for option in command.options { checkLine(option.details.help, of: option.details.flag, path) }
    for operand in command.operands { checkLine(operand.help, of: operand.name, path) }
    for example in command.examples { checkLine(example.text, of: example.command, path) }
    for variable in command.environment { checkLine(variable.help, of: variable.name, path) }
    let texts =
      [command.summary, command.discussion, command.details] + command.options.map(\.details.help)
      + command.operands.map(\.help)
      + command.examples.map(\.text) + command.exitStatuses.map(\.meaning) + command.environment.map(\.help)
    for text in texts { checkMentions(text, path) }
  }

  private mutating func checkLine(_ text: String, of name: String, _ path: CommandPath) {
    if text.isEmpty { report(path, "\(name) has no help") }
    if text.hasSuffix(".") && !text.hasSuffix("...") { report(path, "the help of \(name) ends with a full stop") }
    if text.contains("\n") { report(path, "the help of \(name) has more than one line") }
  }

  /// Options that a text names must be accepted here, or belong to a command that the text names as well.
  private mutating func checkMentions(_ text: String, _ path: CommandPath) {
    for flag in Audit.flags(in: text) {
      if path.options.contains(where: { $0.flags.contains(flag) }) { continue }
      let owners = CommandPath(root).all.filter { place in place.command.options.contains { $0.flags.contains(flag) } }
      let named = owners.contains { $0.isRoot || text.contains($0.names.joined(separator: " ")) }
      let below = owners.contains { $0.text.hasPrefix(path.text + " ") }
      if !named && !below { report(path, "a text names \(flag), which isn't accepted here") }
    }
  }

  /// An article may name any option that a command has, and shows only command lines that parse.
  mutating func check(_ article: ManualArticle) {
    let path = CommandPath(root)
    let known = Set(path.all.flatMap { $0.options.flatMap(\.flags) })
    for text in article.texts {
      for flag in Audit.flags(in: text) where !known.contains(flag) {
        report(path, "\(article.fileName) names \(flag), which no command accepts")
      }
    }
    for line in article.commandLines { checkCommandLine(line, in: article.fileName, path) }
  }

  private mutating func checkCommandLine(_ line: String, in place: String, _ path: CommandPath) {
    guard let words = ShellWords.first(of: line) else {
      return report(path, "a command line of \(place) has an open quote: \(line)")
    }
    guard words.first == root.name else { return }
    if case .failure(let error) = Parser(root).parse(Array(words.dropFirst())) {
      report(path, "a command line of \(place) is refused: \(line): \(error.message)")
    }
  }

  /// Words such as `--dry-run`.
  static func flags(in text: String) -> [String] {
    let words = text.utf8.split { byte in
      !(byte.isASCIILetter || Decimal.isDigit(byte) || byte == UInt8(ascii: "-"))
    }
    return words.map { String(Substring($0)) }.filter {
      $0.hasPrefix("--") && isName(String($0.dropFirst(2)), minimum: 2)
    }
  }

  /// An example that begins with the program's name must be a command line of this command.
  mutating func checkExamples(_ path: CommandPath) {
    for example in path.command.examples {
      guard let words = ShellWords.first(of: example.command) else {
        report(path, "the example \(example.command) has an open quote")
        continue
      }
      guard words.first == root.name else { continue }
      switch Parser(root).parse(Array(words.dropFirst())) {
      case .run(let invocation) where invocation.command.names.starts(with: path.names): continue
      case .help, .version: continue
      case .run(let invocation): report(path, "the example \(example.command) runs \(invocation.command.text)")
      case .failure(let error): report(path, "the example \(example.command) is refused: \(error.message)")
      }
    }
  }
}
