import Arguments
import Failures
import Outbox

extension ValueKind where Value == OutboxTemplate {
  /// The template of `--topic`; a mistake in it is the command line's, also one that only the table can show.
  static var topicTemplate: ValueKind {
    let form = ValueForm(
      name: "template", expected: "a text in which {column} stands for a column", example: "payment.{event_type}",
      placeholder: "TEMPLATE")
    return ValueKind(form) { text throws(ValueMismatch) in
      if text.isEmpty { throw ValueMismatch() }
      do throws(Failure) {
        return try OutboxTemplate(text, role: "--topic", mistakesAre: .usage)
      } catch {
        throw ValueMismatch(hint: OutboxTemplate.mistake(in: text))
      }
    } print: {
      $0.description
    }
  }
}
