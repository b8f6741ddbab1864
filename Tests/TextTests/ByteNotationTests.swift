import Support
import Testing
import Text

@Suite("The notation of bytes")
struct ByteNotationTests {
  static let table: [(bytes: [UInt8], text: String)] = [
    (Array("concerts::SimpleKey []".utf8), "concerts::SimpleKey []"),
    (Array("콘서트::서울 🎤 👨‍👩‍👧".utf8), "콘서트::서울 🎤 👨‍👩‍👧"),
    ([], ""),
    ([0x61, 0xFF, 0x62], "a\\xffb"),
    ([0xEA, 0xB0], "\\xea\\xb0"),
    ([0xFF, 0x00, 0x0A, 0x5C], "\\xff\\x00\\x0a\\\\"),
    (Array("caf\\xe9".utf8), "caf\\\\xe9"),
    ([0x63, 0x61, 0x66, 0xE9], "caf\\xe9"),
    (Array("콘\\서트".utf8) + [0xC3], "콘\\\\서트\\xc3"),
    (Array("x\u{1B}[2J\t\u{7F}".utf8), "x\\x1b[2J\\x09\\x7f"),
    (Array("a\u{202E}b\u{9B}".utf8), "a\\xe2\\x80\\xaeb\\xc2\\x9b"),
    // An overlong form, a surrogate, and a code point beyond the last one are no UTF-8.
    ([0xC0, 0x80], "\\xc0\\x80"),
    ([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"),
    ([0xF4, 0x90, 0x80, 0x80], "\\xf4\\x90\\x80\\x80"),
  ]

  @Test("is the text itself, with escapes for backslashes, controls and what is no UTF-8", arguments: table)
  func encoding(_ row: (bytes: [UInt8], text: String)) {
    #expect(ByteNotation.encode(row.bytes) == row.text)
    #expect(ByteNotation.quoted(row.bytes) == "'\(row.text)'")
    #expect(ByteNotation.decode(row.text) == row.bytes)
  }

  @Test(
    "is read with digits in either case, and refused where an escape is incomplete",
    arguments: [
      ("caf\\xE9", [0x63, 0x61, 0x66, 0xE9]), ("\\x41", [0x41]), ("\\", nil), ("a\\", nil), ("\\x", nil), ("\\x4", nil),
      ("\\xg0", nil), ("\\x0g", nil), ("\\n", nil), ("\\X41", nil), ("\\\\x41", Array("\\x41".utf8)),
    ] as [(String, [UInt8]?)])
  func decoding(text: String, bytes: [UInt8]?) { #expect(ByteNotation.decode(text) == bytes) }

  @Test("gives back whatever bytes it was made of, looks alike only for the same bytes, and drives no terminal")
  func roundTrip() {
    var random = SeededRandom(seed: 20_261_130)
    // Bytes at which UTF-8 and the notation turn, among any others.
    let turns: [UInt8] = [
      0x00, 0x0A, 0x1B, 0x5C, 0x78, 0x66, 0x39, 0x7F, 0x80, 0x9B, 0xBF, 0xC2, 0xE2, 0x80, 0xAE, 0xED, 0xF0, 0xFF,
    ]
    var seen: [String: [UInt8]] = [:]
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...8, using: &random)).map { _ in
        Bool.random(using: &random)
          ? turns.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
      }
      let text = ByteNotation.encode(bytes)
      #expect(ByteNotation.decode(text) == bytes, "\(bytes)")
      #expect(text.escapingControls == text, "\(bytes)")
      #expect(seen.updateValue(bytes, forKey: text).map { $0 == bytes } ?? true, "\(text)")
    }
  }

  @Test("gives back every text, whatever scalar is in it")
  func everyScalar() {
    for value in Array(UInt32(0)...0x2FFF) + Array(stride(from: 0x3000, through: 0x10FFFF, by: 251)) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let bytes = Array("a\(Character(scalar))b".utf8)
      if ByteNotation.decode(ByteNotation.encode(bytes)) != bytes { Issue.record("U+\(String(value, radix: 16))") }
    }
  }

  @Test(
    "a word means what it shows in the notation, and itself where it is not in the notation",
    arguments: [
      ("plain", Array("plain".utf8)), (#"caf\xe9"#, [0x63, 0x61, 0x66, 0xE9]),
      (#"back\\slash"#, Array(#"back\slash"#.utf8)),
      (#"C:\dir"#, Array(#"C:\dir"#.utf8)), (#"{"a":"\""}"#, Array(#"{"a":"\""}"#.utf8)),
      (#"end\"#, Array(#"end\"#.utf8)),
    ] as [(String, [UInt8])])
  func reading(word: String, bytes: [UInt8]) {
    #expect(ByteNotation.reading(word.utf8) == bytes)
    #expect(ByteNotation.reading(ByteNotation.encode(bytes).utf8) == bytes)
  }

  @Test("bytes that are not UTF-8 mean themselves")
  func readingBytes() { #expect(ByteNotation.reading([0x5C, 0x5C, 0xFF]) == [0x5C, 0x5C, 0xFF]) }
}
