import Text

/// The prose of a usage error.
extension UsageError {
  /// What is wrong, in one line without a full stop.
  public var message: String {
    switch kind {
    case .notUTF8(let escaped): "the word '\(escaped)' is not valid UTF-8"
    case .secretNotUTF8(let option): "the value of \(option) is not valid UTF-8"
    case .unknownCommand(let word, _): "unknown command \(Word.quoted(word))"
    case .missingCommand: "\(command.text) needs a command"
    case .unknownOption(let unknown): "unknown option \(Word.quoted(unknown.word))"
    case .missingValue(let option, let expected, let example):
      "\(option.name) needs a value: expected \(expected)\(UsageError.example(example, of: expected))"
    case .optionAsValue(let option, ""): "\(option) needs a value, and the next word looks like an option"
    case .optionAsValue(let option, let word): "\(option) needs a value, and \(Word.quoted(word)) looks like an option"
    case .unwantedValue(let option, let value, _): "\(option) takes no value, but \(Word.quoted(value)) was given"
    case .attachedEquals(let option, let value, _): "\(Word.quoted("\(option)=\(value ?? "...")")) is ambiguous"
    case .invalidValue(let value): value.message
    case .extraOperands(let extra): extra.message
    case .missing(let all): "missing \(UsageError.list(all.map(\.name), "and"))"
    case .exclusive(let members): "\(UsageError.list(members.map(\.text), "and")) cannot be used together"
    case .oneNeeded(let names, let onlyOne):
      "\(onlyOne ? "give one of" : "give at least one of") \(UsageError.list(names, "or"))"
    case .incomplete(let given, let missing):
      "\(UsageError.list(given.map(\.text), "and")) also \(given.count == 1 ? "needs" : "need") \(UsageError.list(missing, "and"))"
    }
  }

  /// What to do about it, each in one line.
  public var hints: [String] {
    switch kind {
    case .unknownCommand(_, let suggestions):
      suggestions.isEmpty ? knownCommands : UsageError.didYouMean(suggestions.map { "'\($0)'" })
    case .unknownOption(let unknown): unknown.hints
    case .optionAsValue(let option, ""): ["if it is the value, attach it: \(option)=..."]
    case .optionAsValue(let option, let word): ["if it is the value, attach it: \(option)=\(ShellWords.quoted(word))"]
    case .unwantedValue(let option, _, let instead):
      switch instead {
      case nil: ["leave the option out, which means the same"]
      case option?: ["leave the value out: \(option)"]
      case let instead?: ["write \(instead) instead"]
      }
    case .attachedEquals(_, nil, _): ["write the value without the =, directly after the letter or after a blank"]
    case .attachedEquals(_, _, let instead): instead.isEmpty ? [] : ["write \(UsageError.list(instead, "or"))"]
    case .invalidValue(let value):
      UsageError.didYouMean([value.suggestion].compactMap(\.self))
        + [value.unquoted?.hint, value.repeated.map(UsageError.repeating), value.hint].compactMap(\.self)
    case .extraOperands(let extra): extra.hints
    case .missingValue(let option, _, _): [option].compactMap(\.hint)
    case .missing(let all): all.compactMap(\.hint) + example
    case .oneNeeded: example
    default: []
    }
  }

  fileprivate static func repeating(_ words: String) -> String { "to give several values, write \(words)" }

  /// The commands that exist, where no name is similar and the list is short.
  private var knownCommands: [String] {
    let names = command.visibleSubcommands.map(\.name)
    return names.isEmpty || names.count > 20 ? [] : ["\(command.text) has: \(names.joined(separator: ", "))"]
  }

  /// A command line of this command that is right.
  private var example: [String] {
    let start = command.text + " "
    return command.command.examples.first { $0.command.hasPrefix(start) }.map { ["for example: \($0.command)"] } ?? []
  }

  /// `a`, `a and b`, `a, b and c`.
  static func list(_ names: [String], _ word: String) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " \(word) " + last
  }

  fileprivate static func didYouMean(_ suggestions: [String]) -> [String] {
    suggestions.isEmpty ? [] : ["did you mean \(list(suggestions, "or"))?"]
  }

  /// A list of choices is its own example.
  fileprivate static func example(_ example: String, of expected: String) -> String {
    expected.hasPrefix("one of ") ? "" : ", for example \(example)"
  }
}

extension UsageError.UnknownOption {
  fileprivate var hints: [String] {
    if isAbsence { return ["leave the option out, which means the same"] }
    if !suggestions.isEmpty { return UsageError.didYouMean(suggestions) }
    if let elsewhere {
      let shown = owners.prefix(3).map { "'\($0)'" }
      let more = owners.count > shown.count ? ["\(owners.count - shown.count) more"] : []
      let commands = UsageError.list(shown + more, "and")
      return elsewhere == word
        ? ["\(word) is an option of \(commands)"] : ["\(commands) \(owners.count == 1 ? "has" : "have") \(elsewhere)"]
    }
    return operand.map { ["if it is an operand, put -- before it: -- \(ShellWords.quoted($0))"] } ?? []
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
    return "invalid value\(shown) for \(place): expected \(expected)\(UsageError.example(example, of: expected))"
  }
}

extension UsageError.Missing {
  /// What it is for, in the words of its help.
  fileprivate var hint: String? { help.map { "\(name): \($0)" } }
}

extension UsageError.ExtraOperands {
  fileprivate var message: String {
    let shown = words.prefix(3).map(Word.quoted)
    let more = words.count > shown.count ? ["\(words.count - shown.count) more"] : []
    let limit = accepted.isEmpty ? ": this command takes none" : " after \(UsageError.list(accepted, "and"))"
    return "unexpected operand\(words.count > 1 ? "s" : "") \(UsageError.list(shown + more, "and"))\(limit)"
  }

  fileprivate var hints: [String] {
    if let unquoted { return [unquoted.hint] }
    if let repeated { return [UsageError.repeating(repeated)] }
    return suggestion.map { ["did you mean \($0.hasPrefix("-") ? $0 : "'\($0)'")?"] } ?? []
  }
}

extension UsageError.Unquoted {
  fileprivate var hint: String { "if \(name) is several words, quote them: \(ShellWords.quoted(value))" }
}

extension UsageError.Member {
  /// `--fill-to`, or where it came from when it wasn't typed.
  fileprivate var text: String {
    switch origin {
    case .environment(let variable): "\(name) (by \(variable))"
    case .file(let path): "\(name) (in \(path))"
    case .commandLine, .defaultValue: name
    }
  }
}
