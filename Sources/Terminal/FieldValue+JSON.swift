import Text

extension FieldValue {
  /// The value as one line of JSON.
  public var json: String {
    var json = JSONWriter()
    json.add(self)
    return String(decoding: json.bytes, as: UTF8.self)
  }
}

extension JSONWriter {
  /// Writes a value, a list or an object in one line.
  mutating func add(_ value: FieldValue) {
    switch value {
    case .text(let text): add(text)
    case .integer(let integer), .identifier(let integer), .milliseconds(let integer), .bytes(let integer):
      add(integer)
    case .number(let number, _), .atLeast(let number, _): add(number)
    case .boolean(let boolean): add(boolean)
    case .null: raw("null")
    case .instant(let milliseconds):
      raw("\"")
      Timestamp.append(milliseconds: milliseconds, to: &bytes)
      raw("\"")
    case .list(let values): list(values)
    case .object(let members): object(members)
    }
  }

  private mutating func list(_ values: [FieldValue]) {
    raw("[")
    for (index, value) in values.enumerated() {
      if index > 0 { raw(", ") }
      add(value)
    }
    raw("]")
  }

  private mutating func object(_ members: [(String, FieldValue)]) {
    raw("{")
    for (index, (name, value)) in members.enumerated() {
      if index > 0 { raw(", ") }
      add(name)
      raw(": ")
      add(value)
    }
    raw("}")
  }
}
