import Testing
import Text

@Suite("JSON")
struct JSONWriterTests {
  private static func written(_ write: (inout JSONWriter) -> Void) -> String {
    var json = JSONWriter()
    write(&json)
    return String(decoding: json.bytes, as: UTF8.self)
  }

  @Test(
    "strings are quoted and escaped",
    arguments: [
      ("", "\"\""), ("예매 🎤", "\"예매 🎤\""), ("a\"b\\c", #""a\"b\\c""#), ("\n\r\t", #""\n\r\t""#),
      ("\u{1}\u{1F}", #""\u0001\u001f""#), ("\u{7F}", #""\u007f""#), ("\u{9B}\u{202E}", #""\u009b\u202e""#),
    ])
  func strings(value: String, json: String) {
    #expect(JSONWriter.quoted(value) == json)
    #expect(Self.written { $0.add(value) } == json)
  }

  @Test("no control character stands raw in a string, and every other scalar arrives as it is")
  func everyScalar() {
    // Everything where a control character could be, and a sample of the rest.
    let values = [
      Array(UInt32(0)...0x2FFF), Array(stride(from: 0x3000, through: 0x10FFFF, by: 251)), [0xFEFF, 0xFFF9],
    ]
    for value in values.joined() {
      guard let scalar = Unicode.Scalar(value) else { continue }
      var json = JSONWriter()
      json.add(String(Character(scalar)))
      let inside = json.bytes.dropFirst().dropLast()
      let isEscaped = inside.first == 0x5C
      let mustBe = scalar.isTerminalControl || scalar == "\"" || scalar == "\\"
      if isEscaped != mustBe || (!mustBe && Array(inside) != Array(String(Character(scalar)).utf8)) {
        Issue.record("U+\(String(value, radix: 16)) became \(String(decoding: inside, as: UTF8.self))")
      }
    }
  }

  @Test("nil is null, and so is a number that JSON has no word for")
  func nulls() {
    #expect(Self.written { $0.add(nil as String?) } == "null")
    #expect(Self.written { $0.add(Double.nan) } == "null")
    #expect(Self.written { $0.add(-Double.infinity) } == "null")
  }

  @Test("numbers and truth values are written in their shortest form")
  func numbers() {
    #expect(Self.written { $0.add(Int.min) } == "-9223372036854775808")
    #expect(Self.written { $0.add(0.25) } == "0.25")
    #expect(Self.written { $0.add(3.0) } == "3")
    #expect(Self.written { $0.add(-0.0) } == "0")
    #expect(Self.written { $0.add(1e300) } == "1e+300")
    #expect(Self.written { $0.add(true) } + Self.written { $0.add(false) } == "truefalse")
  }

  @Test(
    "base64 is that of RFC 4648",
    arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")])
  func base64(value: String, encoded: String) {
    #expect(Self.written { $0.addBase64(Array(value.utf8)) } == "\"\(encoded)\"")
  }
}
