/// The one notation in which the bytes of a key, a member or a pattern are shown, and from which they can be read back.
///
/// Text in UTF-8 stands as it is, with three exceptions: a backslash is `\\`; a byte that is not part of UTF-8 is `\xHH` with two
/// lower-case hexadecimal digits; so is each byte of a character that a terminal would obey. Different bytes never look the same.
public enum ByteNotation {
  /// The bytes as text: `caf\xe9`, `two\x0alines`, `back\\slash`.
  public static func encode(_ bytes: [UInt8]) -> String {
    if let text = String(validating: bytes, as: UTF8.self), !bytes.contains(backslash),
      bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) || !text.unicodeScalars.contains(where: \.isTerminalControl)
    {
      return text
    }
    var text = ""
    var parser = Unicode.UTF8.ForwardParser()
    var rest = bytes.makeIterator()
    var index = 0
    while true {
      switch parser.parseScalar(from: &rest) {
      case .valid(let encoded):
        index += encoded.count
        let scalar = Unicode.UTF8.decode(encoded)
        if scalar == "\\" {
          text += "\\\\"
        } else if scalar.isTerminalControl {
          for byte in encoded { text += escape(byte) }
        } else {
          text.unicodeScalars.append(scalar)
        }
      case .error(let length):
        for byte in bytes[index..<index + length] { text += escape(byte) }
        index += length
      case .emptyInput: return text
      }
    }
  }

  /// The bytes that a text stands for; nil where a backslash begins neither `\\` nor `\xHH`.
  ///
  /// It gives back what was encoded, whatever the bytes. Digits in upper case and escapes of plain characters are read too.
  public static func decode(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == backslash else {
        bytes.append(byte)
        continue
      }
      switch rest.popFirst() {
      case backslash: bytes.append(backslash)
      case UInt8(ascii: "x"):
        guard let high = rest.popFirst()?.hexadecimalValue, let low = rest.popFirst()?.hexadecimalValue else {
          return nil
        }
        bytes.append(high << 4 | low)
      default: return nil
      }
    }
    return bytes
  }

  /// The bytes that an operator's word stands for: read in this notation where it is that, else as they are.
  ///
  /// So a word that was printed in the notation means the same bytes again, and a word with a backslash of its own need not be escaped.
  public static func reading(_ word: some Sequence<UInt8>) -> [UInt8] {
    let bytes = Array(word)
    guard bytes.contains(backslash), let text = String(validating: bytes, as: UTF8.self) else { return bytes }
    return decode(text) ?? bytes
  }

  /// The bytes as text in single quotes, for a message.
  public static func quoted(_ bytes: [UInt8]) -> String { "'\(encode(bytes))'" }

  private static let backslash = UInt8(ascii: "\\")

  private static func escape(_ byte: UInt8) -> String { "\\x" + byte.hexadecimal(digits: 2) }
}
