import Arguments
import Text

/// A key that holds one value.
protocol ScalarKey: DeclaredKey {
  associatedtype Value: Sendable
  var kind: ValueKind<Value> { get }
}

extension ScalarKey {
  func check(_ value: Tree, of subject: String, _ problems: ProblemList) {
    switch value.content {
    case .null: return
    case .sequence, .mapping: refuseShape(of: value, subject, problems)
    case .scalar(let text):
      do throws(ValueMismatch) {
        _ = try kind.parse(text)
      } catch {
        problems.add("'\(name)' of \(subject) \(mistake(text, error))", at: value.place)
      }
    }
  }

  /// Completes the sentence "'capacity' of queue 'tickets' …".
  private func mistake(_ text: String, _ mismatch: ValueMismatch) -> String {
    if text.isEmpty { return "is empty" }
    let refusal = "is '\(text)': expected \(kind.form.expected)"
    if let near = Spelling.nearest(to: text, among: kind.form.choices.sorted()).first {
      return refusal + "; did you mean '\(near)'?"
    }
    if let hint = mismatch.hint { return refusal + "; " + hint }
    // A list of choices is example enough.
    return kind.form.choices.isEmpty ? refusal + ", for example \(kind.form.example)" : refusal
  }
}

extension ValueKind {
  /// The words that a value of this kind may be, for the manual.
  var choices: [KeyDocumentation.Choice] {
    if let type = Value.self as? any KeyChoice.Type { return type.documentation }
    return form.choices.map { KeyDocumentation.Choice(word: $0, meaning: nil) }
  }
}
