/// The prose of a usage error.
extension UsageError {
  /// What is wrong, in one line without a full stop.
  public var message: String {
    switch kind {
    case .notUTF8(let escaped): "the word \"\(escaped)\" is no UTF-8"
    case .unknownCommand(let word, _): "unknown command \(Word.quoted(word))"
    case .missingCommand: "\(command.text) needs a command"
    case .unknownOption(let word, _, _): "unknown option \(Word.quoted(word))"
    case .missingValue(let option, let expected, let example):
      "\(option) needs a value: expected \(expected), for example \(example)"
    case .optionAsValue(let option, ""): "\(option) needs a value, and the next word looks like an option"
    case .optionAsValue(let option, let word): "\(option) needs a value, and \(Word.quoted(word)) looks like an option"
    case .unwantedValue(let option, let value): "\(option) takes no value, but \(Word.quoted(value)) was given"
    case .attachedEquals(let option, let value): "\(Word.quoted("\(option)=\(value)")) has two readings"
    case .invalidValue(let value): value.message
    case .extraOperand(let word): "unexpected operand \(Word.quoted(word))"
    case .missing(let names): "missing \(UsageError.list(names, "and"))"
    case .exclusive(let names): "\(UsageError.list(names, "and")) exclude each other"
    case .oneNeeded(let names, let onlyOne):
      "\(onlyOne ? "give one of" : "give at least one of") \(UsageError.list(names, "or"))"
    case .incomplete(let given, let missing):
      "\(UsageError.list(given, "and")) also \(given.count == 1 ? "needs" : "need") \(UsageError.list(missing, "and"))"
    }
  }

  /// What to do about it, each in one line.
  public var hints: [String] {
    switch kind {
    case .unknownCommand(_, let suggestions):
      UsageError.didYouMean(suggestions.map { "'\($0)'" })
    case .unknownOption(let word, let suggestions, let owners):
      UsageError.didYouMean(suggestions) + UsageError.belongs(word, owners)
    case .optionAsValue(let option, ""): ["if it is the value, attach it: \(option)=..."]
    case .optionAsValue(let option, let word): ["if it is the value, attach it: \(option)=\(word)"]
    case .attachedEquals(let option, let value): value.isEmpty ? [] : ["write \(option) \(value) or \(option)\(value)"]
    case .invalidValue(let value):
      UsageError.didYouMean(value.suggestion.map { [$0] } ?? []) + (value.hint.map { [$0] } ?? [])
    default: []
    }
  }

  /// What goes to stderr, with a final newline: the message, hints, the usage line and where help is; for a command that stands alone
  /// without its subcommand, its short help.
  public func text(width: Int = 80) -> String {
    if case .missingCommand = kind { return HelpPage(command, .short).text(width: width) }
    let lines = ["\(command.root.name): \(message)"] + hints.map { "  hint: \($0)" }
    let help = "for help: \(command.text) --help"
    return (lines + ["", "usage: \(Synopsis(command).text)", help]).joined(separator: "\n") + "\n"
  }

  /// `a`, `a and b`, `a, b and c`.
  private static func list(_ names: [String], _ word: String) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " \(word) " + last
  }

  private static func didYouMean(_ suggestions: [String]) -> [String] {
    suggestions.isEmpty ? [] : ["did you mean \(list(suggestions, "or"))?"]
  }

  private static func belongs(_ option: String, _ owners: [String]) -> [String] {
    guard !owners.isEmpty else { return [] }
    let shown = owners.prefix(3).map { "'\($0)'" }
    let more = owners.count > shown.count ? ["\(owners.count - shown.count) more"] : []
    return ["\(option) is an option of \(list(shown + more, "and"))"]
  }
}

extension UsageError.InvalidValue {
  fileprivate var message: String {
    let place =
      switch origin {
      case .environment(let variable): "\(variable) (\(name))"
      case .file(let path): "\(name) in \(path)"
      case .commandLine, .defaultValue: name
      }
    let shown = isSecret ? "" : " \(Word.quoted(word))"
    // A list of choices is its own example.
    let suffix = expected.hasPrefix("one of ") ? "" : ", for example \(example)"
    return "invalid value\(shown) for \(place): expected \(expected)\(suffix)"
  }
}
