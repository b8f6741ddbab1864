import Text

/// Rows in the text format of PostgreSQL's COPY: tabs between fields, a line feed after a row.
///
/// Source: https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2
struct CopyText {
  private(set) var bytes: [UInt8] = []
  private var isRowStart = true

  init() { bytes.reserveCapacity(80_000) }

  mutating func integer(_ number: Int) {
    separate()
    append(decimal: number)
  }

  mutating func text(_ text: String) {
    separate()
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): bytes += [byte, byte]
      case UInt8(ascii: "\t"): bytes += "\\t".utf8
      case UInt8(ascii: "\n"): bytes += "\\n".utf8
      case UInt8(ascii: "\r"): bytes += "\\r".utf8
      default: bytes.append(byte)
      }
    }
  }

  mutating func null() {
    separate()
    bytes += "\\N".utf8
  }

  /// A point in time as milliseconds since 1970.
  mutating func instant(_ milliseconds: Int) {
    separate()
    Timestamp.append(milliseconds: milliseconds, to: &bytes)
  }

  mutating func endRow() {
    bytes.append(UInt8(ascii: "\n"))
    isRowStart = true
  }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  private mutating func separate() {
    if !isRowStart { bytes.append(UInt8(ascii: "\t")) }
    isRowStart = false
  }

  private mutating func append(decimal number: Int) {
    if number < 10 && number >= 0 { return bytes.append(UInt8(ascii: "0") + UInt8(number)) }
    bytes += String(number).utf8
  }
}
