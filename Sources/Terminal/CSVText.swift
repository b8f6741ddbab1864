import Text

/// Comma-separated values being written, as UTF-8.
///
/// Quoted as RFC 4180 says; lines end with a line feed alone, which every reader takes and which `cut` and `awk` need.
struct CSVText {
  var bytes: [UInt8] = []

  mutating func endLine() { bytes.append(0x0A) }

  mutating func add(_ value: FieldValue, isFirst: Bool, escapingControls: Bool) {
    if !isFirst { bytes.append(0x2C) }
    switch value {
    case .text(let text): add(escapingControls ? text.escapingControls : text)
    case .integer(let integer), .identifier(let integer), .milliseconds(let integer), .bytes(let integer):
      bytes.append(contentsOf: String(integer).utf8)
    case .null: break
    case .instant(let milliseconds): Timestamp.append(milliseconds: milliseconds, to: &bytes)
    case .number(let number, _), .atLeast(let number, _):
      if number.isFinite { bytes.append(contentsOf: value.json.utf8) }
    case .boolean: bytes.append(contentsOf: value.json.utf8)
    case .list, .object: add(value.json)
    }
  }

  /// An empty text is quoted, so that it differs from a null.
  mutating func add(_ text: String) {
    let needsQuotes = text.isEmpty || text.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
    guard needsQuotes else { return bytes.append(contentsOf: text.utf8) }
    bytes.append(0x22)
    for byte in text.utf8 {
      if byte == 0x22 { bytes.append(0x22) }
      bytes.append(byte)
    }
    bytes.append(0x22)
  }
}
