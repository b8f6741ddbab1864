/// Reads single texts out of a JSON document, without Foundation and without keeping the rest.
///
/// It agrees with the server's cjson in what matters: of a name that stands twice the last counts, and a whole number below 2^53
/// is as good as a text. Source: RFC 8259.
struct JSONMember {
  private let bytes: [UInt8]
  private var place = 0
  private var paths: [[String]] = []
  private var found: [[UInt8]?] = []

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The text or the whole number at each path, nil where there is none; nil altogether for what is no document.
  mutating func texts(at paths: [[String]]) -> [[UInt8]?]? {
    self.paths = paths
    found = paths.map { _ in nil }
    place = 0
    guard value([], depth: 0) else { return nil }
    skipBlanks()
    return place == bytes.count ? found : nil
  }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
  }

  private mutating func take(_ byte: Character) -> Bool {
    guard let wanted = byte.asciiValue, next == wanted else { return false }
    place += 1
    return true
  }

  /// Goes past one value and keeps it where it is asked for. A hundred levels are more than any member has.
  private mutating func value(_ path: [String], depth: Int) -> Bool {
    skipBlanks()
    guard depth < 100, let first = next else { return false }
    let start = place
    forget(path)
    switch first {
    case UInt8(ascii: "{"): return object(path, depth)
    case UInt8(ascii: "["): return array(depth)
    case UInt8(ascii: "\""):
      guard let text = text() else { return false }
      keep(text, path)
      return true
    default:
      let isWordByte: (UInt8) -> Bool = { ![0x20, 0x0A, 0x0D, 0x09].contains($0) && !",]}:\"".utf8.contains($0) }
      while let byte = next, isWordByte(byte) { place += 1 }
      let word = Array(bytes[start..<place])
      if ["true", "false", "null"].contains(where: { word.elementsEqual($0.utf8) }) { return true }
      guard let number = Double(String(decoding: word, as: UTF8.self)) else { return false }
      if number.magnitude < 9_007_199_254_740_992, let whole = Int(exactly: number) {
        keep(Array(String(whole).utf8), path)
      }
      return true
    }
  }

  private mutating func object(_ path: [String], _ depth: Int) -> Bool {
    place += 1
    skipBlanks()
    if take("}") { return true }
    repeat {
      skipBlanks()
      guard let name = text() else { return false }
      skipBlanks()
      guard take(":"), value(path + [String(decoding: name, as: UTF8.self)], depth: depth + 1) else { return false }
      skipBlanks()
    } while take(",")
    return take("}")
  }

  private mutating func array(_ depth: Int) -> Bool {
    place += 1
    skipBlanks()
    if take("]") { return true }
    repeat {
      // No path leads into a list.
      guard value(["\u{0}"], depth: depth + 1) else { return false }
      skipBlanks()
    } while take(",")
    return take("]")
  }

  private mutating func text() -> [UInt8]? {
    guard take("\"") else { return nil }
    var text: [UInt8] = []
    while let byte = next {
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return text
      case UInt8(ascii: "\\"):
        guard let escaped = escape() else { return nil }
        text += escaped
      default: text.append(byte)
      }
    }
    return nil
  }

  private mutating func escape() -> [UInt8]? {
    guard let byte = next else { return nil }
    place += 1
    switch byte {
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "u"):
      guard var code = unit() else { return nil }
      if (0xD800..<0xDC00).contains(code) {
        guard take("\\"), take("u"), let low = unit(), (0xDC00..<0xE000).contains(low) else { return nil }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      return Unicode.Scalar(code).map { Array(String(Character($0)).utf8) }
    default: return nil
    }
  }

  private mutating func unit() -> UInt32? {
    guard place + 4 <= bytes.count else { return nil }
    defer { place += 4 }
    return UInt32(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
  }

  private mutating func keep(_ text: [UInt8], _ path: [String]) {
    for index in paths.indices where paths[index] == path { found[index] = text }
  }

  private mutating func forget(_ path: [String]) {
    for index in paths.indices where paths[index].starts(with: path) { found[index] = nil }
  }
}
