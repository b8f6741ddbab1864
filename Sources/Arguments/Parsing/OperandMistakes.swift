import Text

/// What is said of operands that are refused or too many, and what was probably meant.
struct OperandMistakes {
  private let reader: WordReader

  init(_ reader: WordReader) { self.reader = reader }

  /// A word that its operand refused.
  func invalid(
    _ word: WordReader.Operand, as operand: any OperandDeclaration, _ mismatch: ValueMismatch,
    before rest: ArraySlice<WordReader.Operand>
  ) -> ValueAssembly.Problem {
    var invalid = UsageError.InvalidValue(operand, word.text, mismatch)
    var correction: Correction?
    if let suggestion = invalid.suggestion ?? flag(meantBy: word.text) {
      invalid.suggestion = suggestion
      correction = Correction(words: word.word..<(word.word + 1), replacement: [suggestion])
    } else if let unquoted = unquoted(word, [word] + rest) {
      invalid.unquoted = unquoted.text
      correction = unquoted.correction
    } else if let repeated = repeated(word, [word] + rest) {
      invalid.repeated = ShellWords.line(repeated.replacement)
      correction = repeated
    }
    return ValueAssembly.Problem(kind: .invalidValue(invalid), marks: [word.mark], correction: correction)
  }

  /// More words than there are operands for.
  func extra(_ first: WordReader.Operand, _ rest: ArraySlice<WordReader.Operand>) -> ValueAssembly.Problem {
    let path = reader.path
    var extra = UsageError.ExtraOperands(words: rest.map(\.text), accepted: path.command.operands.map(\.name))
    var correction: Correction?
    let swapped = CommandPath(path.root).all.first { !$0.isHidden && $0.names == [first.text] + path.names }
    if let unquoted = unquoted(first, rest) {
      extra.unquoted = unquoted.text
      correction = unquoted.correction
    } else if let repeated = repeated(first, rest) {
      extra.repeated = ShellWords.line(repeated.replacement)
      correction = repeated
    } else if let flag = flag(meantBy: first.text) {
      extra.suggestion = flag
      correction = Correction(words: first.word..<(first.word + 1), replacement: [flag])
    } else if let swapped {
      extra.suggestion = swapped.text
      let isPlain = first.word == path.names.count
      correction = isPlain ? Correction(words: 0..<(first.word + 1), replacement: swapped.names) : nil
    }
    return ValueAssembly.Problem(kind: .extraOperands(extra), marks: rest.map(\.mark), correction: correction)
  }

  /// The text before these operands together with them, where any text is taken: quotes were forgotten.
  private func unquoted(
    _ first: WordReader.Operand, _ rest: ArraySlice<WordReader.Operand>
  ) -> (text: UsageError.Unquoted, correction: Correction)? {
    guard let last = together(rest) else { return nil }
    let operand = reader.path.command.operands.last
    var name: String?
    var value = Mark(word: first.word - 1, bytes: 0..<0)
    if let operand, operand.form.name == "text", !operand.isList,
      reader.operands.contains(where: { $0.word == value.word })
    {
      name = operand.name
    } else if let (option, mark) = option(before: first), case .value(let form) = option.form, form.name == "text" {
      name = option.details.flag
      value = mark
    }
    // Attached to its option, or a word of its own.
    guard let name, let word = Word.text(reader.words[value.word]) else { return nil }
    let start = String(Substring(word.utf8.prefix(value.bytes.lowerBound)))
    let text = ([String(word.dropFirst(start.count))] + rest.map(\.text)).joined(separator: " ")
    return (
      UsageError.Unquoted(name: name, value: text),
      Correction(words: value.word..<(last.word + 1), replacement: [start + text])
    )
  }

  /// The change that gives the list option before these operands all of them: with its flag again, or in one word.
  private func repeated(
    _ first: WordReader.Operand, _ rest: ArraySlice<WordReader.Operand>
  ) -> Correction? {
    guard let last = together(rest), let (option, mark) = option(before: first),
      case .list(_, let separator) = option.form,
      rest.allSatisfy({ (try? option.reading(.text($0.text))) != nil }), let word = Word.text(reader.words[mark.word])
    else { return nil }
    let value = String(Substring(word.utf8.dropFirst(mark.bytes.lowerBound)))
    let values = [value] + rest.map(\.text)
    let flag = option.details.flag
    guard let start = reader.given[flag]?.mark.word else { return nil }
    let words = separator.map { [flag, values.joined(separator: String($0))] } ?? values.flatMap { [flag, $0] }
    return Correction(words: start..<(last.word + 1), replacement: words)
  }

  /// The last of some operands, where all of them stand side by side and are few enough to be a slip.
  private func together(_ rest: ArraySlice<WordReader.Operand>) -> WordReader.Operand? {
    guard let first = rest.first, let last = rest.last, first.word > 0, last.word - first.word == rest.count - 1 else {
      return nil
    }
    return rest.count < 20 ? last : nil
  }

  /// The option whose value ends right before an operand, and where that is; never one with a secret.
  private func option(before operand: WordReader.Operand) -> (option: any OptionDeclaration, value: Mark)? {
    for option in reader.options where !option.details.isSecret {
      guard let mark = reader.given[option.details.flag]?.value, mark.word == operand.word - 1 else { continue }
      return (option, mark)
    }
    return nil
  }

  /// `dry-run` where `--dry-run` was meant.
  private func flag(meantBy word: String) -> String? {
    reader.isShown("--" + word.prefix { $0 != "=" }) ? "--" + word : nil
  }
}
