/// An option that may be repeated; its values append in the order given.
///
/// With a separator one word may hold several: `--status INIT,FAIL`. Empty elements are refused there.
public struct ListOption<Value: Sendable>: OptionDeclaration {
  public let details: OptionDetails
  public let kind: ValueKind<Value>
  public let separator: Character?
  public let defaultValue: [Value]

  public init(
    _ name: String, _ kind: ValueKind<Value>, separator: Character? = nil, default defaultValue: [Value] = [],
    short: Character? = nil, placeholder: String? = nil, help: String, section: String? = nil,
    environment: String? = nil, isSecret: Bool = false, isHidden: Bool = false, formerNames: [String] = []
  ) {
    details = OptionDetails(
      name: name, short: short, help: help, placeholder: placeholder, section: section, environment: environment,
      isSecret: isSecret, isHidden: isHidden, formerNames: formerNames)
    self.kind = kind
    self.separator = separator
    self.defaultValue = defaultValue
  }

  public var form: OptionForm { .list(kind.form, separator: separator) }

  public var defaultTexts: [String] { defaultValue.map(kind.print) }

  public func adding(_ occurrence: Occurrence, to value: (any Sendable)?) throws(ValueMismatch) -> any Sendable {
    var list = value as? [Value] ?? []
    guard case .text(let text) = occurrence else { throw ValueMismatch() }
    guard let separator else { return list + [try kind.parse(text)] }
    for part in text.split(separator: separator, omittingEmptySubsequences: false).map(String.init) {
      if part.isEmpty { throw ValueMismatch(hint: "an element of the list is empty") }
      do {
        list.append(try kind.parse(part))
      } catch {
        throw ValueMismatch(part: part, hint: error.hint)
      }
    }
    return list
  }
}
