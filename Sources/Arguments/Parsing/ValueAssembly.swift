/// Puts the values together: operands to their names, then environment, files, and the rules between them.
struct ValueAssembly {
  private(set) var values = ParsedValues()
  private let reader: WordReader
  private let path: CommandPath
  private let options: [any OptionDeclaration]
  /// Where a value of the command line stands, by the name that help shows.
  private var marks: [String: Mark]

  struct Problem: Error {
    var kind: UsageError.Kind
    var marks: [Mark] = []
    var correction: Correction?
  }

  init(_ reader: WordReader) {
    self.reader = reader
    path = reader.path
    options = reader.options
    marks = reader.given.mapValues(\.mark)
    for option in options {
      guard let given = reader.given[option.details.flag], !given.readings.isEmpty else { continue }
      values.entries[option.details.flag] = ParsedValues.Entry(
        value: option.value(of: given.readings), origin: .commandLine)
    }
  }

  // MARK: Operands

  mutating func assignOperands() throws(Problem) {
    guard path.command.subcommands.isEmpty else { throw Problem(kind: .missingCommand) }
    var rest = reader.operands[...]
    for operand in path.command.operands where !rest.isEmpty {
      let taken = operand.isList ? rest : rest.prefix(1)
      rest.removeFirst(taken.count)
      // Too few words for a list count as missing, which is reported with all that is missing.
      guard taken.count >= operand.minimum else { continue }
      var readings: [any Sendable] = []
      for word in taken { readings.append(try read(word, as: operand, before: rest)) }
      values.entries[operand.name] = ParsedValues.Entry(value: operand.value(of: readings), origin: .commandLine)
      marks[operand.name] = mark(taken.first)
    }
    if !rest.isEmpty { throw extra(rest) }
  }

  private func read(
    _ word: WordReader.Operand, as operand: any OperandDeclaration, before rest: ArraySlice<WordReader.Operand>
  ) throws(Problem) -> any Sendable {
    do {
      return try operand.reading(word.text)
    } catch {
      var invalid = UsageError.InvalidValue(operand, word.text, error)
      var correction: Correction?
      if let suggestion = invalid.suggestion ?? flag(meantBy: word.text) {
        invalid.suggestion = suggestion
        correction = Correction(words: word.word..<(word.word + 1), replacement: [suggestion])
      } else if let unquoted = unquoted(before: [word] + rest) {
        invalid.unquoted = unquoted.value
        correction = unquoted.correction
      }
      throw Problem(kind: .invalidValue(invalid), marks: [mark(word)].compactMap(\.self), correction: correction)
    }
  }

  private func extra(_ rest: ArraySlice<WordReader.Operand>) -> Problem {
    guard let first = rest.first else { return Problem(kind: .missingCommand) }
    var extra = UsageError.ExtraOperand(word: first.text, accepted: path.command.operands.map(\.name))
    var correction: Correction?
    let swapped = CommandPath(path.root).all.first { !$0.isHidden && $0.names == [first.text] + path.names }
    if let unquoted = unquoted(before: rest) {
      extra.unquoted = unquoted.value
      correction = unquoted.correction
    } else if let flag = flag(meantBy: first.text) {
      extra.suggestion = flag
      correction = Correction(words: first.word..<(first.word + 1), replacement: [flag])
    } else if let swapped {
      extra.suggestion = swapped.text
      let isPlain = first.word == path.names.count
      correction = isPlain ? Correction(words: 0..<(first.word + 1), replacement: swapped.names) : nil
    }
    return Problem(kind: .extraOperand(extra), marks: rest.compactMap(mark), correction: correction)
  }

  /// The text before these operands together with them, where any text is taken: quotes were forgotten.
  private func unquoted(before rest: ArraySlice<WordReader.Operand>) -> (
    value: UsageError.Unquoted, correction: Correction
  )? {
    guard let first = rest.first, let last = rest.last, first.word > 0, last.word - first.word == rest.count - 1,
      rest.count < 20, let name = textName(before: first), let before = Word.text(reader.words[first.word - 1])
    else { return nil }
    // Attached to its option with `=`, or a word of its own.
    let start = name.isAttached ? before.prefix { $0 != "=" } + "=" : ""
    let value = ([String(before.dropFirst(start.count))] + rest.map(\.text)).joined(separator: " ")
    let correction = Correction(words: (first.word - 1)..<(last.word + 1), replacement: [start + value])
    return (UsageError.Unquoted(name: name.name, value: value), correction)
  }

  /// The option or operand, taking any text, whose value ends right before an operand.
  private func textName(before operand: WordReader.Operand) -> (name: String, isAttached: Bool)? {
    if let last = path.command.operands.last, last.form.name == "text", !last.isList,
      reader.operands.contains(where: { $0.word == operand.word - 1 })
    {
      return (last.name, false)
    }
    for option in options where option.form.valueForm?.name == "text" && !option.details.isSecret {
      guard let mark = reader.given[option.details.flag]?.mark else { continue }
      if mark.word == operand.word - 2, mark.bytes.upperBound == reader.words[mark.word].count {
        return (option.details.flag, false)
      }
      let flag = option.details.flag.utf8
      if mark.word == operand.word - 1, reader.words[mark.word].starts(with: flag), mark.bytes.count > flag.count {
        return (option.details.flag, true)
      }
    }
    return nil
  }

  /// `dry-run` where `--dry-run` was meant.
  private func flag(meantBy word: String) -> String? {
    let flag = "--" + word.prefix { $0 != "=" }
    let isShown = options.contains { !$0.details.isHidden && $0.flags.contains { $0.hasSameBytes(as: flag) } }
    return isShown ? "--" + word : nil
  }

  private func mark(_ operand: WordReader.Operand?) -> Mark? {
    operand.map { Mark(word: $0.word, bytes: 0..<$0.text.utf8.count) }
  }

  // MARK: Variables and files

  /// An empty variable counts as unset.
  mutating func fill(environment: (String) -> [UInt8]?) throws(Problem) {
    for option in options where values.entries[option.details.flag] == nil {
      guard let name = option.details.environment, let bytes = environment(name), !bytes.isEmpty else { continue }
      let origin = ValueOrigin.environment(name)
      guard let text = Word.text(bytes) else {
        let escaped = option.details.isSecret ? "" : Word.escaped(bytes)
        let mismatch = ValueMismatch(hint: "it is no UTF-8")
        throw Problem(kind: .invalidValue(UsageError.InvalidValue(option, .text(escaped), mismatch, origin: origin)))
      }
      try fill(option, text, origin)
    }
  }

  mutating func fill(files: [FileValues]) throws(Problem) {
    for file in files {
      for option in options where values.entries[option.details.flag] == nil {
        if let text = file.values[option.details.name] { try fill(option, text, .file(file.path)) }
      }
    }
  }

  private mutating func fill(_ option: any OptionDeclaration, _ text: String, _ origin: ValueOrigin) throws(Problem) {
    do {
      let value = try option.value(of: text)
      values.entries[option.details.flag] = ParsedValues.Entry(value: value, origin: origin)
    } catch {
      throw Problem(kind: .invalidValue(UsageError.InvalidValue(option, .text(text), error, origin: origin)))
    }
  }

  // MARK: Rules

  /// Everything that is missing, at once; then the rules between options.
  mutating func check() throws(Problem) {
    let groups = path.specifications.flatMap(\.groups)
    for group in groups { preferCommandLine(group) }
    let violations = groups.compactMap { $0.violation(given: { values.entries[$0] != nil }) }
    try checkMissing(violations)
    if let violation = violations.first { throw problem(violation) }
  }

  private func checkMissing(_ violations: [Constraint.Violation]) throws(Problem) {
    let options = options.filter { $0.isRequired && values.entries[$0.details.flag] == nil }
    let operands = path.command.operands.filter { $0.minimum > 0 && values.entries[$0.name] == nil }
    var missing = operands.map(\.missingName) + options.map(Synopsis.required)
    guard !missing.isEmpty else { return }
    for violation in violations {
      switch violation {
      case .noneOf(let members, _): missing.append("one of " + UsageError.list(members.map(shown), "or"))
      case .onlySome(let given, let absent):
        missing += absent.map { "\(shown($0)) (with \(UsageError.list(given, "and")))" }
      case .several: break
      }
    }
    throw Problem(kind: .missing(missing))
  }

  private func problem(_ violation: Constraint.Violation) -> Problem {
    switch violation {
    case .several(let names): Problem(kind: .exclusive(names.map(member)), marks: marks(of: names))
    case .noneOf(let names, let onlyOne): Problem(kind: .oneNeeded(names.map(shown), onlyOne: onlyOne))
    case .onlySome(let given, let absent):
      Problem(kind: .incomplete(given: given.map(member), missing: absent.map(shown)), marks: marks(of: given))
    }
  }

  private func member(_ name: String) -> UsageError.Member {
    UsageError.Member(name: name, origin: values.entries[name]?.origin ?? .defaultValue)
  }

  /// An option with its placeholder, an operand as it is.
  private func shown(_ name: String) -> String {
    options.first { $0.details.flag == name }.map(Synopsis.required) ?? name
  }

  private func marks(of names: [String]) -> [Mark] {
    names.compactMap { marks[$0] }.sorted { ($0.word, $0.bytes.lowerBound) < ($1.word, $1.bytes.lowerBound) }
  }

  /// Where members exclude each other, one on the command line drops the others that a variable or a file set.
  private mutating func preferCommandLine(_ constraint: Constraint) {
    guard constraint.isExclusive else { return }
    guard constraint.members.contains(where: { values.entries[$0]?.origin == .commandLine }) else { return }
    for member in constraint.members where values.entries[member]?.origin != .commandLine {
      values.entries[member] = nil
    }
  }
}

extension OperandDeclaration {
  fileprivate var missingName: String { minimum > 1 ? "\(name) (at least \(minimum))" : name }
}
