import Failures

/// A text in which `{column}` stands for a column of the event's row; `{{` and `}}` are plain braces.
///
/// Nothing is guessed: a name that is no column is an error when the table is opened.
public struct OutboxTemplate: Equatable, Sendable, CustomStringConvertible {
  enum Part: Equatable, Sendable {
    case text(String)
    case column(String)
  }

  let parts: [Part]
  /// As it was written.
  public let description: String
  /// What errors call it: `outbox.publish.topic`, or `--topic`.
  let role: String
  /// Whose mistake an error about it is: the configuration's, or the command line's.
  let mistakeKind: Failure.Kind

  /// Reads a template; `role` names it in errors, which are of the kind given.
  public init(_ text: String, role: String, mistakesAre mistakeKind: Failure.Kind = .configuration) throws(Failure) {
    func broken(_ cause: String) -> Failure {
      Failure(mistakeKind, "cannot read \(role) \"\(text)\"", causes: [cause], hints: [Self.advice])
    }
    var parts: [Part] = []
    var literal = ""
    var rest = text[...]
    while let character = rest.popFirst() {
      switch (character, rest.first) {
      case ("{", "{"), ("}", "}"):
        literal.append(character)
        rest.removeFirst()
      case ("{", _):
        guard let end = rest.firstIndex(of: "}") else { throw broken("a `{` is not closed") }
        if !literal.isEmpty { parts.append(.text(literal)) }
        literal = ""
        let name = String(rest[..<end])
        guard !name.isEmpty, !name.contains("{") else { throw broken("`{}` needs a column's name") }
        parts.append(.column(name))
        rest = rest[rest.index(after: end)...]
      case ("}", _):
        throw broken("a `}` closes nothing")
      default:
        literal.append(character)
      }
    }
    if !literal.isEmpty { parts.append(.text(literal)) }
    self.parts = parts
    self.role = role
    self.mistakeKind = mistakeKind
    description = text
  }

  /// The template that is one column and nothing else.
  public init(column: String) {
    parts = [.column(column)]
    description = "{\(column)}"
    role = "column \(column)"
    mistakeKind = .configuration
  }

  /// The columns that it needs, in order, repeats included.
  var columns: [String] {
    parts.compactMap { if case .column(let name) = $0 { name } else { nil } }
  }

  /// What is wrong with a text as a template, and how to mend it; nil when it is one.
  public static func mistake(in text: String) -> String? {
    do {
      _ = try OutboxTemplate(text, role: "template")
      return nil
    } catch {
      return "\(error.causes.joined()); \(advice)"
    }
  }

  private static let advice = "write {column} for a column, {{ and }} for braces"

  /// Two that give the same bytes for every row, wherever they were written.
  public static func == (one: OutboxTemplate, other: OutboxTemplate) -> Bool { one.parts == other.parts }
}

extension OutboxTemplate {
  /// The bytes for one row; nil when the template is one column and that is NULL. NULL within a longer text is empty.
  func render(_ values: (String) throws -> [UInt8]?) rethrows -> [UInt8]? {
    if parts.count == 1, case .column(let name) = parts[0] { return try values(name) }
    var bytes: [UInt8] = []
    for part in parts {
      switch part {
      case .text(let text): bytes += text.utf8
      case .column(let name): bytes += try values(name) ?? []
      }
    }
    return bytes
  }
}
