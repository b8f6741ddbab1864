import Failures

/// A text in which `{column}` stands for a column of the event's row; `{{` and `}}` are literal braces.
///
/// A name that is not a column of the table is an error when the table is opened.
public struct OutboxTemplate: Equatable, Sendable, CustomStringConvertible {
  enum Part: Equatable, Sendable {
    case text(String)
    case column(String)
  }

  let parts: [Part]
  /// As it was written.
  public let description: String
  /// Its name in errors: `outbox.publish.topic`, or `--topic`.
  let role: String
  /// The kind of errors about it: of the configuration, or of the command line.
  let mistakeKind: Failure.Kind

  /// Reads a template. Errors name it `role` and are of the given kind.
  public init(_ text: String, role: String, mistakesAre mistakeKind: Failure.Kind = .configuration) throws(Failure) {
    func broken(_ cause: String) -> Failure {
      Failure(mistakeKind, "cannot read \(role) '\(text)'", causes: [cause], hints: [Self.advice])
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
        throw broken("a `}` has no `{` before it")
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

  /// The template that consists of one column.
  public init(column: String) {
    parts = [.column(column)]
    description = "{\(column)}"
    role = "column \(column)"
    mistakeKind = .configuration
  }

  /// Its columns, in order, with repetitions.
  var columns: [String] {
    parts.compactMap { if case .column(let name) = $0 { name } else { nil } }
  }

  /// What is wrong with a text as a template, and how to correct it; nil where it is a template.
  public static func mistake(in text: String) -> String? {
    do {
      _ = try OutboxTemplate(text, role: "template")
      return nil
    } catch {
      return "\(error.causes.joined()); \(advice)"
    }
  }

  private static let advice = "write {column} for a column, {{ and }} for braces"

  /// Two templates are equal where they give the same bytes for every row, whatever their roles.
  public static func == (one: OutboxTemplate, other: OutboxTemplate) -> Bool { one.parts == other.parts }
}

extension OutboxTemplate {
  /// The bytes for one row; nil where the template is one column and its value is NULL. In a longer text NULL is empty.
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
