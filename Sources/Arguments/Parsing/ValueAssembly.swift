/// Puts the values together: operands to their names, then environment, files, and the rules between them.
struct ValueAssembly {
  private(set) var values = ParsedValues()
  private let path: CommandPath
  private let options: [any OptionDeclaration]

  struct Problem: Error {
    var kind: UsageError.Kind
  }

  init(_ reader: WordReader) {
    path = reader.path
    options = reader.options
    values.entries = reader.given.mapValues { ParsedValues.Entry(value: $0, origin: .commandLine) }
  }

  mutating func assignOperands(_ words: [String]) throws(Problem) {
    guard path.command.subcommands.isEmpty else { throw Problem(kind: .missingCommand) }
    var rest = words[...]
    for operand in path.command.operands where !rest.isEmpty {
      let taken = operand.isList ? rest : rest.prefix(1)
      rest.removeFirst(taken.count)
      // Too few words for a list count as missing, which is reported with all that is missing.
      guard taken.count >= operand.minimum else { continue }
      do {
        let value = try operand.value(of: Array(taken))
        values.entries[operand.name] = ParsedValues.Entry(value: value, origin: .commandLine)
      } catch {
        throw Problem(kind: .invalidValue(UsageError.InvalidValue(operand, taken.first ?? "", error)))
      }
    }
    if let extra = rest.first { throw Problem(kind: .extraOperand(extra)) }
  }

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
      let value = try option.adding(.text(text), to: nil)
      values.entries[option.details.flag] = ParsedValues.Entry(value: value, origin: origin)
    } catch {
      throw Problem(kind: .invalidValue(UsageError.InvalidValue(option, .text(text), error, origin: origin)))
    }
  }

  /// Everything that is missing, at once; then the rules between options.
  mutating func check() throws(Problem) {
    let options = options.filter { $0.isRequired && values.entries[$0.details.flag] == nil }
    let operands = path.command.operands.filter { $0.minimum > 0 && values.entries[$0.name] == nil }
    let missing = operands.map(\.missingName) + options.map(Synopsis.required)
    if !missing.isEmpty { throw Problem(kind: .missing(missing)) }
    for constraint in path.specifications.flatMap(\.groups) {
      preferCommandLine(constraint)
      if let kind = constraint.violation(given: { values.entries[$0] != nil }) { throw Problem(kind: kind) }
    }
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

extension UsageError.InvalidValue {
  init(_ option: any OptionDeclaration, _ occurrence: Occurrence, _ mismatch: ValueMismatch, origin: ValueOrigin) {
    var word = ""
    if case .text(let text) = occurrence { word = mismatch.part ?? text }
    let form = option.form.valueForm ?? option.variableForm
    self.init(name: option.details.flag, word: word, form: form, mismatch: mismatch, origin: origin)
    if option.details.isSecret { hide() }
  }

  init(_ operand: any OperandDeclaration, _ word: String, _ mismatch: ValueMismatch) {
    self.init(
      name: operand.name, word: mismatch.part ?? word, form: operand.form, mismatch: mismatch, origin: .commandLine)
  }

  private init(name: String, word: String, form: ValueForm, mismatch: ValueMismatch, origin: ValueOrigin) {
    let suggestion = Suggestions.nearest(to: word, among: form.choices).first
    self.init(
      name: name, word: word, isSecret: false, origin: origin, expected: form.expected, example: form.example,
      suggestion: suggestion, hint: mismatch.hint)
  }

  /// A hint may repeat the word too.
  private mutating func hide() {
    word = ""
    suggestion = nil
    hint = nil
    isSecret = true
  }
}

extension OperandDeclaration {
  fileprivate var missingName: String { minimum > 1 ? "\(name) (at least \(minimum))" : name }
}

extension OptionDeclaration {
  /// What a variable must hold for an option that takes no value on the command line.
  var variableForm: ValueForm {
    if case .counter = form {
      return ValueForm(name: "count", expected: "a count from 0 to 1000", example: "2", placeholder: "N")
    }
    return ValueForm(
      name: "switch", expected: "1, true, yes or on, or 0, false, no or off", example: "1", placeholder: "")
  }
}
