/// PostgreSQL's text form of a one-dimensional array: `{1,2}`, `{"a b",NULL}`.
///
/// Source: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
enum ArrayLiteral {
  /// Every element is quoted, so that none is read as NULL or as syntax.
  static func write(_ elements: [String?]) -> String {
    var text = "{"
    for (index, element) in elements.enumerated() {
      if index > 0 { text += "," }
      guard let element else {
        text += "NULL"
        continue
      }
      text += "\""
      for scalar in element.unicodeScalars {
        if scalar == "\"" || scalar == "\\" { text += "\\" }
        text.unicodeScalars.append(scalar)
      }
      text += "\""
    }
    return text + "}"
  }

  /// The elements, nil for NULL. The result is nil for a text that is not an array of one dimension that starts at 1.
  static func read(_ text: UnsafeRawBufferPointer) -> [String?]? {
    guard text.count >= 2, text[0] == UInt8(ascii: "{"), text[text.count - 1] == UInt8(ascii: "}") else { return nil }
    var elements: [String?] = []
    var index = 1
    let end = text.count - 1
    if index == end { return [] }
    while true {
      guard let element = readElement(text, &index, end) else { return nil }
      elements.append(element)
      if index == end { return elements }
      guard text[index] == UInt8(ascii: ",") else { return nil }
      index += 1
    }
  }

  /// `.some(nil)` is a NULL element; nil is a malformed one.
  private static func readElement(_ text: UnsafeRawBufferPointer, _ index: inout Int, _ end: Int) -> String?? {
    var bytes: [UInt8] = []
    let isQuoted = index < end && text[index] == UInt8(ascii: "\"")
    if isQuoted { index += 1 }
    while index < end {
      let byte = text[index]
      if byte == UInt8(ascii: "\\") {
        index += 1
        guard index < end else { return nil }
        bytes.append(text[index])
      } else if isQuoted ? byte == UInt8(ascii: "\"") : byte == UInt8(ascii: ",") {
        break
      } else if !isQuoted, byte == UInt8(ascii: "{") {
        return nil
      } else {
        bytes.append(byte)
      }
      index += 1
    }
    if isQuoted {
      guard index < end else { return nil }
      index += 1
    }
    guard let element = String(validating: bytes, as: UTF8.self) else { return nil }
    if !isQuoted, element == "NULL" { return .some(nil) }
    return isQuoted || !element.isEmpty ? .some(element) : nil
  }
}
