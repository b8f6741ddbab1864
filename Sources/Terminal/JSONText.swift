/// JSON being written, as UTF-8.
///
/// Beyond what JSON demands it escapes what a terminal would obey (DEL, C1, bidirectional controls), so that output may
/// be looked at as well as parsed. Source: RFC 8259.
struct JSONText {
  var bytes: [UInt8] = []

  mutating func raw(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func add(_ value: FieldValue) {
    switch value {
    case .text(let text): add(text)
    case .integer(let integer), .identifier(let integer), .milliseconds(let integer), .bytes(let integer):
      add(integer)
    case .number(let number, _), .atLeast(let number, _): add(number)
    case .boolean(let boolean): boolean ? raw("true") : raw("false")
    case .null: raw("null")
    case .instant(let milliseconds):
      bytes.append(0x22)
      Timestamp.append(milliseconds: milliseconds, to: &bytes)
      bytes.append(0x22)
    case .list(let values): list(values)
    case .object(let members): object(members)
    }
  }

  mutating func add(_ integer: Int) { bytes.append(contentsOf: String(integer).utf8) }

  /// The shortest digits that read back as the same number; null for what JSON has no word for.
  mutating func add(_ number: Double) {
    guard number.isFinite else { return raw("null") }
    if let whole = Int(exactly: number), whole.magnitude < 1 << 53 { return add(whole) }
    bytes.append(contentsOf: number.description.utf8)
  }

  mutating func add(_ text: String) {
    bytes.append(0x22)
    var copy = text
    copy.withUTF8 { characters in
      if characters.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }) {
        bytes.append(contentsOf: characters)
      } else {
        escape(text)
      }
    }
    bytes.append(0x22)
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

  private mutating func escape(_ text: String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": raw("\\\"")
      case "\\": raw("\\\\")
      case "\n": raw("\\n")
      case "\r": raw("\\r")
      case "\t": raw("\\t")
      case _ where scalar.isTerminalControl:
        // Every one of them lies in the basic plane, so four digits are enough.
        let digits = String(scalar.value, radix: 16)
        bytes.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)".utf8)
      default: bytes.append(contentsOf: UTF8.encode(scalar)!)
      }
    }
  }
}

extension FieldValue {
  /// The value as one line of JSON.
  public var json: String {
    var text = JSONText()
    text.add(self)
    return String(decoding: text.bytes, as: UTF8.self)
  }
}
