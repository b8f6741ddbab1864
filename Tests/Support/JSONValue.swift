import FoundationEssentials

/// Any JSON, to look at what a program would get.
public enum JSONValue: Decodable, Equatable, Sendable {
  case object([String: JSONValue])
  case list([JSONValue])
  case text(String)
  case number(Double)
  case boolean(Bool)
  case null

  /// Reads a whole text as one value; throws where it is none.
  public init(parsing text: String) throws {
    self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
  }

  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let boolean = try? value.decode(Bool.self) {
      self = .boolean(boolean)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let list = try? value.decode([JSONValue].self) {
      self = .list(list)
    } else {
      self = .object(try value.decode([String: JSONValue].self))
    }
  }

  public subscript(name: String) -> JSONValue? { if case .object(let members) = self { members[name] } else { nil } }
  /// Of an object, sorted.
  public var names: [String] { members.keys.sorted() }
  public var members: [String: JSONValue] { if case .object(let members) = self { members } else { [:] } }
  public var list: [JSONValue]? { if case .list(let list) = self { list } else { nil } }
  public var text: String? { if case .text(let text) = self { text } else { nil } }
  public var number: Double? { if case .number(let number) = self { number } else { nil } }
  public var boolean: Bool? { if case .boolean(let boolean) = self { boolean } else { nil } }
}
