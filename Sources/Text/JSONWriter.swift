/// JSON text in UTF-8, written piece by piece.
///
/// Beyond what JSON requires, it escapes what a terminal would obey (DEL, C1, bidirectional controls), so that the output is
/// safe to look at as well as to parse. Source: RFC 8259.
public struct JSONWriter: Sendable {
  /// What was written.
  public var bytes: [UInt8] = []

  public init() {}

  /// Writes punctuation, blanks or names that need no escapes.
  public mutating func raw(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  public mutating func add(_ boolean: Bool) { boolean ? raw("true") : raw("false") }

  public mutating func add(_ integer: Int) { bytes.append(contentsOf: String(integer).utf8) }

  /// Writes the shortest digits that read back as the same number; null for infinity and for what is not a number.
  public mutating func add(_ number: Double) {
    guard number.isFinite else { return raw("null") }
    if let whole = Int(exactly: number), whole.magnitude < 1 << 53 { return add(whole) }
    bytes.append(contentsOf: number.description.utf8)
  }

  /// Writes a string in quotes, or null.
  public mutating func add(_ text: String?) {
    if let text { add(text) } else { raw("null") }
  }

  /// Writes a string in quotes.
  public mutating func add(_ text: String) {
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

  /// Writes bytes as a string of base64. Source: RFC 4648, section 4.
  public mutating func addBase64(_ source: [UInt8]) {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    bytes.append(0x22)
    for start in stride(from: 0, to: source.count, by: 3) {
      let group = source[start..<min(start + 3, source.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0..<4 {
        bytes.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
      }
    }
    bytes.append(0x22)
  }

  private mutating func escape(_ text: String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": raw("\\\"")
      case "\\": raw("\\\\")
      case "\n": raw("\\n")
      case "\r": raw("\\r")
      case "\t": raw("\\t")
      // Every one of them lies in the basic plane, so four digits are enough.
      case _ where scalar.isTerminalControl: bytes.append(contentsOf: "\\u\(scalar.value.hexadecimal(digits: 4))".utf8)
      default: bytes.append(contentsOf: UTF8.encode(scalar)!)
      }
    }
  }
}

extension JSONWriter {
  /// A string as JSON, quotes included.
  public static func quoted(_ text: String) -> String {
    var json = JSONWriter()
    json.add(text)
    return String(decoding: json.bytes, as: UTF8.self)
  }
}
