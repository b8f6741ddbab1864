/// An option that may be repeated; its values append in the order given.
///
/// With a separator one word may hold several: `--status INIT,FAIL`. Empty elements are refused there. A variable or a file gives
/// one word: without a separator, a list of one element.
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

  /// The elements of one word.
  public func reading(_ occurrence: Occurrence) throws(ValueMismatch) -> any Sendable {
    guard case .text(let text) = occurrence, let separator else { return [try kind.read(occurrence)] }
    var elements: [Value] = []
    for element in text.split(separator: separator, omittingEmptySubsequences: false) {
      let part =
        text.utf8.distance(
          from: text.startIndex, to: element.startIndex)..<text.utf8.distance(
          from: text.startIndex, to: element.endIndex)
      if element.isEmpty { throw ValueMismatch(part: part, hint: "an element of the list is empty") }
      do {
        elements.append(try kind.parse(String(element)))
      } catch {
        throw ValueMismatch(part: part, hint: error.hint)
      }
    }
    return elements
  }

  public func value(of readings: [any Sendable]) -> any Sendable { readings.flatMap { $0 as? [Value] ?? [] } }
  public func words(for value: any Sendable) -> [String] { kind.words(for: value as? [Value] ?? [], of: details) }
}
