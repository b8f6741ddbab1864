import Text

/// How a refused value becomes an error.
extension UsageError.InvalidValue {
  init(_ option: any OptionDeclaration, _ occurrence: Occurrence, _ mismatch: ValueMismatch, origin: ValueOrigin) {
    var word = ""
    if case .text(let text) = occurrence { word = mismatch.element(of: text) }
    let form = option.form.valueForm ?? option.variableForm
    self.init(name: option.details.flag, word: word, form: form, mismatch: mismatch, origin: origin)
    if option.details.isSecret { hide() }
  }

  init(_ operand: any OperandDeclaration, _ word: String, _ mismatch: ValueMismatch) {
    self.init(
      name: operand.name, word: mismatch.element(of: word), form: operand.form, mismatch: mismatch,
      origin: .commandLine)
  }

  private init(name: String, word: String, form: ValueForm, mismatch: ValueMismatch, origin: ValueOrigin) {
    let suggestion = Spelling.nearest(to: word, among: form.choices).first
    self.init(
      name: name, word: word, isSecret: false, origin: origin, expected: form.expected, example: form.example,
      suggestion: suggestion, hint: mismatch.hint?.escapingControls)
  }

  /// A hint may repeat the word too.
  private mutating func hide() {
    word = ""
    suggestion = nil
    hint = nil
    isSecret = true
  }
}

extension ValueMismatch {
  /// The part of the word that is wrong, or all of it where that part is empty or the whole.
  fileprivate func element(of word: String) -> String {
    guard let part = part?.clamped(to: 0..<word.utf8.count), !part.isEmpty else { return word }
    return String(decoding: word.utf8.dropFirst(part.lowerBound).prefix(part.count), as: UTF8.self)
  }
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
