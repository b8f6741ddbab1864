import Testing
import Text

@Suite("Control characters in data")
struct ControlCharactersTests {
  @Test(
    "what a terminal would obey is escaped, everything else stays",
    arguments: [
      ("plain", "plain"), ("대기열 🎤", "대기열 🎤"), ("back\\slash", "back\\slash"), ("a\tb\nc\rd", "a\\tb\\nc\\rd"),
      ("\u{1B}]0;owned\u{07}", "\\x1b]0;owned\\x07"), ("\u{0}\u{7F}\u{9B}31m", "\\x00\\x7f\\x9b31m"),
      ("safe\u{202E}txt.exe", "safe\\u{202e}txt.exe"), ("\u{2066}a\u{2069}", "\\u{2066}a\\u{2069}"),
      ("to\u{200B}ken", "to\\u{200b}ken"), ("\u{FEFF}key", "\\u{feff}key"), ("a\u{2028}b", "a\\u{2028}b"),
      ("\r\n", "\\r\\n"), ("👨‍👩‍👧", "👨‍👩‍👧"),
    ])
  func escapes(_ text: String, _ expected: String) {
    #expect(text.escapingControls == expected)
  }

  @Test("no escaped text holds a control character, whatever scalars it was made of")
  func escapesAll() {
    for value in UInt32(0)...0x2FFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let escaped = "a\(Character(scalar))b".escapingControls
      #expect(!escaped.unicodeScalars.contains { $0.properties.generalCategory == .control })
    }
  }
}
