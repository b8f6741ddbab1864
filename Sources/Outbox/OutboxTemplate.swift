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

  /// Reads a template; `role` names it in errors: `outbox.publish.topic`.
  public init(_ text: String, role: String) throws(Failure) {
    var parts: [Part] = []
    var literal = ""
    var rest = text[...]
    while let character = rest.popFirst() {
      switch (character, rest.first) {
      case ("{", "{"), ("}", "}"):
        literal.append(character)
        rest.removeFirst()
      case ("{", _):
        guard let end = rest.firstIndex(of: "}") else { throw Self.broken(text, role, "a `{` is not closed") }
        if !literal.isEmpty { parts.append(.text(literal)) }
        literal = ""
        let name = String(rest[..<end])
        guard !name.isEmpty, !name.contains("{") else { throw Self.broken(text, role, "`{}` needs a column's name") }
        parts.append(.column(name))
        rest = rest[rest.index(after: end)...]
      case ("}", _):
        throw Self.broken(text, role, "a `}` closes nothing")
      default:
        literal.append(character)
      }
    }
    if !literal.isEmpty { parts.append(.text(literal)) }
    self.parts = parts
    description = text
  }

  /// The template that is one column and nothing else.
  public init(column: String) {
    parts = [.column(column)]
    description = "{\(column)}"
  }

  /// The columns that it needs, in order, repeats included.
  var columns: [String] {
    parts.compactMap { if case .column(let name) = $0 { name } else { nil } }
  }

  private static func broken(_ text: String, _ role: String, _ cause: String) -> Failure {
    Failure(
      .configuration, "cannot read \(role) \"\(text)\"", causes: [cause],
      hints: ["write {column} for a column, {{ and }} for braces"])
  }
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
