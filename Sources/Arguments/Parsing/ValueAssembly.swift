/// Puts the values together: operands to their names, then environment, files, and the rules between them.
struct ValueAssembly {
  private(set) var values = ParsedValues()
  private let reader: WordReader
  private let path: CommandPath
  private let options: [any OptionDeclaration]
  /// The place of each value on the command line, by the name that help shows.
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
      marks[operand.name] = taken.first?.mark
    }
    if let first = rest.first { throw OperandMistakes(reader).extra(first, rest) }
  }

  private func read(
    _ word: WordReader.Operand, as operand: any OperandDeclaration, before rest: ArraySlice<WordReader.Operand>
  ) throws(Problem) -> any Sendable {
    do {
      return try operand.reading(word.text)
    } catch {
      throw OperandMistakes(reader).invalid(word, as: operand, error, before: rest)
    }
  }

  // MARK: Variables and files

  /// An empty variable counts as unset.
  mutating func fill(environment: (String) -> [UInt8]?) throws(Problem) {
    for option in options {
      guard let name = option.details.environment, values.entries[option.details.flag] == nil,
        let bytes = environment(name), !bytes.isEmpty
      else { continue }
      let origin = ValueOrigin.environment(name)
      guard let text = Word.text(bytes) else {
        let text = Occurrence.text(Word.escaped(bytes))
        let mismatch = ValueMismatch(hint: "it is not valid UTF-8")
        throw Problem(kind: .invalidValue(UsageError.InvalidValue(option, text, mismatch, origin: origin)))
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
    let groups = path.groups
    for group in groups { preferCommandLine(group) }
    let violations = groups.compactMap { $0.violation(given: { values.entries[$0] != nil }) }
    try checkMissing(violations)
    if let violation = violations.first { throw problem(violation) }
  }

  private func checkMissing(_ violations: [Constraint.Violation]) throws(Problem) {
    let options = options.filter { $0.isRequired && values.entries[$0.details.flag] == nil }
    let operands = path.command.operands.filter { $0.minimum > 0 && values.entries[$0.name] == nil }
    var missing =
      operands.map { UsageError.Missing(name: $0.missingName, help: $0.help) }
      + options.map { UsageError.Missing(name: Synopsis.required($0), help: $0.details.help) }
    guard !missing.isEmpty else { return }
    for violation in violations {
      switch violation {
      case .noneOf(let members, _):
        missing.append(UsageError.Missing(name: "one of " + UsageError.list(members.map(shown), "or")))
      case .onlySome(let given, let absent):
        missing += absent.map { UsageError.Missing(name: "\(shown($0)) (with \(UsageError.list(given, "and")))") }
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
