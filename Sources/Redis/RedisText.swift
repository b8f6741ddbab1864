/// Bytes of a server (keys, tokens) for people: the text where they are text, escapes where they are not.
public enum RedisText {
  /// The text itself when the bytes are UTF-8; else as in `caf\xE9`.
  public static func plain(_ bytes: [UInt8]) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = ""
    for byte in bytes {
      if (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "\\") {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        text += "\\x" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return text
  }

  public static func quoted(_ bytes: [UInt8]) -> String {
    "\"\(plain(bytes))\""
  }
}
