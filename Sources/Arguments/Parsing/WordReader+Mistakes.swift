import Text

/// What is said of words that mean nothing, and what was probably meant.
///
/// Only the first mistake is kept, so suggestions, which take a while, are only worked out for that one.
extension WordReader {
  mutating func fail(
    _ kind: UsageError.Kind, at marks: [Mark], below place: CommandPath? = nil, correction: Correction? = nil
  ) {
    guard error == nil else { return }
    error = UsageError(kind: kind, command: place ?? path, marks: marks, correction: correction)
  }

  // MARK: Words

  /// A word that is not valid UTF-8, without a secret that may follow its `=`. The mark starts at the first invalid byte.
  mutating func readBytes(at index: Int, mayBeOption: Bool) {
    let bytes = words[index]
    let mark = badBytes(of: index)
    guard mayBeOption, let start = maskBytes(at: index) else {
      return fail(.notUTF8(Word.escaped(bytes)), at: [mark])
    }
    let shown = bytes.prefix(start)
    if start > mark.bytes.lowerBound { return fail(.notUTF8(Word.escaped(Array(shown))), at: [mark]) }
    let flag = shown.last == UInt8(ascii: "=") ? shown.dropLast() : shown
    fail(.secretNotUTF8(option: Word.escaped(Array(flag))), at: [mark])
  }

  /// From the first byte that is not valid UTF-8.
  func badBytes(of index: Int) -> Mark {
    Mark(word: index, bytes: Word.firstInvalid(in: words[index])..<words[index].count)
  }

  mutating func failUnknownCommand(_ word: String, at index: Int, below place: CommandPath) {
    guard error == nil else { return }
    let suggestions = Suggestions.commands(word, at: place)
    let only = suggestions.count == 1 ? suggestions.first : nil
    fail(
      .unknownCommand(word, suggestions: suggestions), at: [Mark(word: index, bytes: 0..<words[index].count)],
      below: place, correction: only.flatMap { renamed(index, to: $0, below: place) })
  }

  /// The change that makes a word, with the commands before it where need be, the command of that full name.
  private func renamed(_ index: Int, to fullName: String, below place: CommandPath) -> Correction? {
    let names = fullName.split(separator: " ").dropFirst().map(String.init)
    // `status queue`: the noun follows the verb.
    let isReversed = place.isRoot && index + 1 < words.count && Word.text(words[index + 1]) == names.first
    let end = index + (isReversed ? 2 : 1)
    if names.starts(with: place.names) {
      return Correction(words: index..<end, replacement: Array(names.dropFirst(place.names.count)))
    }
    // Only commands precede it.
    return index == place.names.count && topic == nil ? Correction(words: 0..<end, replacement: names) : nil
  }

  // MARK: Options

  mutating func failUnknownOption(_ flag: String, value: String?, at mark: Mark) {
    let owners = Suggestions.owners(of: flag, below: path.root)
    if owners.isEmpty || owners.contains(where: { $0.option.details.isSecret }),
      let shown = maskUnknown(flag, value: value, at: mark)
    {
      return fail(.unknownOption(UsageError.UnknownOption(word: shown)), at: [mark])
    }
    let takesNext = value == nil && takeNext(for: owners)
    guard error == nil else { return }
    var unknown = Suggestions.unknownOption(flag, at: path, owners: owners.map(\.text))
    unknown.operand = operand(unknown, at: mark.word)
    var correction: Correction?
    if let only = unknown.suggestions.first, unknown.suggestions.count == 1 {
      correction = replacing(mark.word, with: only + (value.map { "=" + $0 } ?? ""))
    } else if unknown.elsewhere == flag {
      correction = moved(mark.word..<(mark.word + (takesNext ? 2 : 1)))
    }
    fail(.unknownOption(unknown), at: [mark], correction: correction)
  }

  /// An unknown letter of a bundle; `-dry-run` suggests `--dry-run`.
  mutating func failUnknownLetter(_ letter: Unicode.Scalar, of word: String, at mark: Mark) {
    let long = Word.withSecondHyphen(word)
    if secretOptions.contains(where: { $0.hasShort(letter) }) { maskRest(of: mark) }
    if isShown(long) { return failSingleHyphen(word, at: mark.word) }
    maskUnknown(long, value: word.contains("=") ? "" : nil, at: Mark(word: mark.word, bytes: 0..<(long.utf8.count - 1)))
    let owners = Suggestions.owners(of: letter, below: path.root)
    let rest = String(Substring(word.utf8.dropFirst(mark.bytes.upperBound)))
    if !takesValue(owners) { readHelp(in: rest) }
    let takesNext = rest.isEmpty && takeNext(for: owners)
    guard error == nil else { return }
    if letter == "-", areSwitches(rest) { return failJoined(word, at: mark) }
    var unknown = Suggestions.unknownLetter(letter, owners: owners)
    unknown.operand = operand(unknown, at: mark.word)
    if letter == "-" { unknown.word = "-" }
    let words = mark.word..<(mark.word + (takesNext ? 2 : 1))
    fail(.unknownOption(unknown), at: [mark], correction: owners.isEmpty ? nil : moved(words))
  }

  /// `-n-q`: two words without the blank between them.
  private mutating func failJoined(_ word: String, at mark: Mark) {
    let parts = [word.utf8.prefix(mark.bytes.lowerBound), word.utf8.dropFirst(mark.bytes.lowerBound)]
      .map { String(Substring($0)) }
    let unknown = UsageError.UnknownOption(word: "-", suggestions: [parts.joined(separator: " ")])
    fail(
      .unknownOption(unknown), at: [mark],
      correction: Correction(words: mark.word..<(mark.word + 1), replacement: parts))
  }

  /// Help wins over one unknown letter before it, if all later letters are known here.
  private mutating func readHelp(in letters: String) {
    guard areSwitches(letters) else { return }
    for letter in letters.unicodeScalars {
      if let option = option(short: letter) { _ = asks(for: option, isShort: true) }
    }
  }

  /// Whether these are letters of options that take no value, one at least.
  private func areSwitches(_ letters: String) -> Bool {
    !letters.isEmpty
      && letters.unicodeScalars.allSatisfy { letter in option(short: letter).map { $0.form.valueForm == nil } ?? false }
  }

  /// The value of another command's option is neither an operand nor a command.
  private mutating func takeNext(for owners: [Suggestions.Owner]) -> Bool {
    guard takesValue(owners), next < words.count, !isOptionLike(words[next]) else { return false }
    next += 1
    return true
  }

  /// A long option with one hyphen too few.
  mutating func failSingleHyphen(_ word: String, at index: Int) {
    let long = Word.withSecondHyphen(word)
    let mark = Mark(word: index, bytes: 0..<(long.utf8.count - 1))
    maskUnknown(long, value: word.contains("=") ? "" : nil, at: mark)
    let unknown = UsageError.UnknownOption(word: String(long.dropFirst()), suggestions: [long])
    fail(.unknownOption(unknown), at: [mark], correction: replacing(index, with: "-" + word))
  }

  mutating func failUnwanted(
    _ value: String, of option: any OptionDeclaration, written: String, isOn: Bool, at index: Int
  ) {
    let count = words[index].count
    let instead = Suggestions.instead(of: value, option, isOn: isOn, written: written)
    // A letter in the middle of a bundle cannot be replaced by itself.
    let isAlone = count == written.utf8.count + 1 + value.utf8.count
    let replacement = instead?.split(separator: " ").map(String.init) ?? []
    fail(
      .unwantedValue(option: written, value: value, instead: instead),
      at: [Mark(word: index, bytes: (count - value.utf8.count - 1)..<count)],
      correction: isAlone ? Correction(words: index..<(index + 1), replacement: replacement) : nil)
  }

  /// `-n=5`; the mark is the letter's.
  mutating func failAttachedEquals(
    _ value: String, of option: any OptionDeclaration, _ letter: Unicode.Scalar, at mark: Mark
  ) {
    let end = mark.bytes.upperBound
    let start = value.isEmpty ? nil : Word.text(Array(words[mark.word][..<end]))
    fail(
      .attachedEquals(
        option: "-\(letter)", value: option.details.isSecret ? nil : value,
        instead: option.details.isSecret ? [] : withoutEquals(value, of: option, "-\(letter)")),
      at: [Mark(word: mark.word, bytes: end..<(end + 1))],
      correction: start.map { replacing(mark.word, with: $0 + value) })
  }

  /// How to write the value of a short option, apart or attached, where the option accepts it.
  private func withoutEquals(_ value: String, of option: any OptionDeclaration, _ flag: String) -> [String] {
    let accepted = { (text: String) in (try? option.reading(.text(text))) != nil }
    let apart = { (text: String) in "\(flag) \(ShellWords.quoted(text))" }
    // Nothing is attached where the value is empty: then it is that, or the sign itself.
    if value.isEmpty { return ["", "="].filter(accepted).map(apart) }
    guard accepted(value) else { return [] }
    let attached = ShellWords.quoted(flag + value)
    let isNumber = (option.form.valueForm?.isNumeric ?? false) && Word.isNegativeNumber(value)
    return Word.isOptionLike(value) && !isNumber ? [attached] : [apart(value), attached]
  }

  /// A value that its option refused; the mark is the value's, or the option's where it has none.
  mutating func failInvalid(
    _ option: any OptionDeclaration, _ occurrence: Occurrence, _ mismatch: ValueMismatch, at mark: Mark
  ) {
    guard error == nil else { return }
    var invalid = UsageError.InvalidValue(option, occurrence, mismatch, origin: .commandLine)
    var marked = mark.part(mismatch.part)
    var correction = invalid.suggestion.flatMap { replacing(marked, with: $0) }
    // `-delta 5` reads as `-d elta`: the value is wrong because a long option was meant.
    let word = Word.text(words[mark.word]) ?? ""
    if Word.isOptionLike(word), !word.hasPrefix("--"), isShown(Word.withSecondHyphen(word)), !invalid.isSecret {
      invalid.suggestion = Word.withSecondHyphen(word)
      correction = replacing(mark.word, with: "-" + word)
      marked = Mark(word: mark.word, bytes: 0..<(Word.withSecondHyphen(word).utf8.count - 1))
    }
    fail(.invalidValue(invalid), at: [marked], correction: correction)
  }

  // MARK: Parts

  private func replacing(_ index: Int, with word: String) -> Correction {
    Correction(words: index..<(index + 1), replacement: [word])
  }

  /// The change of a part of a word.
  private func replacing(_ mark: Mark, with text: String) -> Correction? {
    let bytes = words[mark.word]
    guard let start = Word.text(Array(bytes[..<mark.bytes.lowerBound])),
      let end = Word.text(Array(bytes[mark.bytes.upperBound...]))
    else { return nil }
    return replacing(mark.word, with: start + text + end)
  }

  /// The line with an option at its end: it may belong to a command that is named later.
  private func moved(_ range: Range<Int>) -> Correction? {
    let later = words[range.upperBound...].map(Word.text)
    let option = words[range].compactMap(Word.text)
    guard !later.isEmpty, later.allSatisfy({ $0 != nil && $0 != "--" }) else { return nil }
    return Correction(words: range.lowerBound..<words.count, replacement: later.compactMap(\.self) + option)
  }

  private func isOptionLike(_ bytes: [UInt8]) -> Bool { Word.text(bytes).map(Word.isOptionLike) ?? true }

  /// Whether an option that help shows has this name here.
  func isShown(_ flag: String) -> Bool {
    options.contains { option in !option.details.isHidden && option.flags.contains { $0.hasSameBytes(as: flag) } }
  }

  private func takesValue(_ owners: [Suggestions.Owner]) -> Bool {
    !owners.isEmpty && owners.allSatisfy { $0.option.form.valueForm != nil }
  }

  /// The word, where it can be meant as an operand: nothing else is near, and the command takes one like it here.
  private func operand(_ unknown: UsageError.UnknownOption, at index: Int) -> String? {
    guard unknown.suggestions.isEmpty, unknown.owners.isEmpty, !unknown.isAbsence, let due = dueOperand,
      !secrets.contains(where: { $0.word == index }), let word = Word.text(words[index])
    else { return nil }
    return (try? due.reading(word)) == nil ? nil : word
  }
}

extension Mark {
  /// A part of what is marked, as far as it is within.
  func part(_ part: Range<Int>?) -> Mark {
    guard let part = part?.clamped(to: 0..<bytes.count) else { return self }
    return Mark(word: word, bytes: (bytes.lowerBound + part.lowerBound)..<(bytes.lowerBound + part.upperBound))
  }
}

extension OptionDeclaration {
  func hasShort(_ letter: Unicode.Scalar) -> Bool {
    details.short?.unicodeScalars.elementsEqual([letter]) ?? false
  }
}
