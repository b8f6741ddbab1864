import Text

/// What one field of a record holds, before it is known whether a person or a program reads it.
public enum FieldValue: Equatable, Sendable {
  case text(String)
  /// A quantity: `18,204` in a table.
  case integer(Int)
  /// A number that names something (a row's id, a pid): never grouped.
  case identifier(Int)
  /// A quantity with decimals for people; JSON and CSV have it in full. What is not finite becomes null.
  case number(Double, decimals: Int)
  /// As `number`, but known to be too small: `≥ 420` in a table. Whether it is, JSON and CSV say in a field of its own.
  case atLeast(Double, decimals: Int)
  case boolean(Bool)
  /// Unknown or not applicable: `-` in a table, null in JSON, empty in CSV.
  case null
  /// A span of time: `1m 20s` in a table, the number elsewhere.
  case milliseconds(Int)
  /// A point in time, in milliseconds since 1970: RFC 3339 in UTC.
  case instant(milliseconds: Int)
  /// A size: `1.5 MiB` in a table, the number elsewhere.
  case bytes(Int)
  case list([FieldValue])
  /// Names and values in order.
  case object([(String, FieldValue)])

  public static func == (left: FieldValue, right: FieldValue) -> Bool {
    switch (left, right) {
    case (.text(let a), .text(let b)): a == b
    case (.integer(let a), .integer(let b)), (.identifier(let a), .identifier(let b)): a == b
    case (.milliseconds(let a), .milliseconds(let b)), (.bytes(let a), .bytes(let b)): a == b
    case (.instant(let a), .instant(let b)): a == b
    case (.number(let a, let c), .number(let b, let d)), (.atLeast(let a, let c), .atLeast(let b, let d)):
      a == b && c == d
    case (.boolean(let a), .boolean(let b)): a == b
    case (.null, .null): true
    case (.list(let a), .list(let b)): a == b
    case (.object(let a), .object(let b)): a.elementsEqual(b) { $0.0 == $1.0 && $0.1 == $1.1 }
    default: false
    }
  }
}

extension FieldValue {
  /// The text, or null.
  public static func text(_ text: String?) -> FieldValue { text.map { .text($0) } ?? .null }

  /// The quantity, or null.
  public static func integer(_ integer: Int?) -> FieldValue { integer.map { .integer($0) } ?? .null }

  /// Yes or no, or null.
  public static func boolean(_ boolean: Bool?) -> FieldValue { boolean.map { .boolean($0) } ?? .null }

  /// The span of time, or null.
  public static func milliseconds(_ count: Int?) -> FieldValue { count.map { .milliseconds($0) } ?? .null }

  /// The point in time, or null.
  public static func instant(milliseconds: Int?) -> FieldValue {
    milliseconds.map { .instant(milliseconds: $0) } ?? .null
  }

  /// The value as a person reads it in a table, free of control characters.
  public func tableText(onTerminal: Bool) -> String {
    switch self {
    case .text(let text): text.escapingControls
    case .integer(let integer): integer.grouped
    case .identifier(let integer): String(integer)
    case .number(let number, let decimals): Figures.number(number, decimals: decimals)
    case .atLeast(let number, let decimals): "≥ \(Figures.number(number, decimals: decimals))"
    case .boolean(let boolean): boolean ? "yes" : "no"
    case .null: "-"
    case .milliseconds(let count): Figures.duration(milliseconds: count)
    case .instant(let milliseconds):
      onTerminal ? Timestamp.short(milliseconds: milliseconds) : Timestamp.rfc3339(milliseconds: milliseconds)
    case .bytes(let count): Figures.bytes(count)
    case .list(let values): values.map { $0.tableText(onTerminal: onTerminal) }.joined(separator: ", ")
    case .object(let members):
      members.map { "\($0.0.escapingControls)=\($0.1.tableText(onTerminal: onTerminal))" }.joined(separator: " ")
    }
  }
}
