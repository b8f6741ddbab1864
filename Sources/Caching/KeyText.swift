/// A key's name for people: the text where it is text, escapes where it is not.
enum KeyText {
  static func plain(_ key: [UInt8]) -> String {
    if let text = String(validating: key, as: UTF8.self) { return text }
    var text = ""
    for byte in key {
      if (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "\\") {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        text += "\\x" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return text
  }

  static func quoted(_ key: [UInt8]) -> String {
    "\"\(plain(key))\""
  }
}
