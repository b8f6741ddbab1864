import Testing

@testable import Terminal

@Suite("Laying text out in columns")
struct TextLayoutTests {
  @Test(
    "truncating keeps whole characters and ends in an ellipsis",
    arguments: [
      ("waiting", 7, "waiting"), ("waiting", 6, "waiti…"), ("waiting", 0, ""), ("대기열", 5, "대기…"), ("대기열", 4, "대…"),
    ])
  func truncates(_ text: String, _ columns: Int, _ expected: String) {
    #expect(text.truncated(toColumns: columns) == expected)
  }

  @Test("padding fills up columns, not characters")
  func pads() {
    #expect("대기열".padded(toColumns: 8) + "|" == "대기열  |")
    #expect("7".padded(toColumns: 3, .trailing) == "  7")
    #expect("longer".padded(toColumns: 3) == "longer")
  }

  struct Wrapping: Sendable {
    let text: String
    let columns: Int
    var indent = 0
    let lines: [String]
  }

  @Test(
    "wrapping breaks at blanks, and inside a word only where it is wider than a line",
    arguments: [
      Wrapping(text: "", columns: 10, lines: [""]),
      Wrapping(text: "one two", columns: 7, lines: ["one two"]),
      Wrapping(text: "one two three", columns: 7, lines: ["one two", "three"]),
      Wrapping(text: "one  two", columns: 20, lines: ["one two"]),
      Wrapping(text: "one\n\ntwo", columns: 20, lines: ["one", "", "two"]),
      Wrapping(text: "abcdefghij kl", columns: 4, lines: ["abcd", "efgh", "ij", "kl"]),
      Wrapping(text: "표 한장 주세요", columns: 7, lines: ["표 한장", "주세요"]),
      Wrapping(text: "대기열대기열", columns: 5, lines: ["대기", "열대", "기열"]),
      Wrapping(
        text: "--rate RATE how fast it goes", columns: 16, indent: 4, lines: ["--rate RATE how", "    fast it goes"]),
      Wrapping(text: "abcdef", columns: 1, lines: ["ab", "cd", "ef"]),
      Wrapping(text: "ab cd", columns: 3, indent: 8, lines: ["ab cd"]),
    ])
  func wraps(_ example: Wrapping) {
    #expect(example.text.wrapped(toColumns: example.columns, hangingIndent: example.indent) == example.lines)
  }

  @Test("no wrapped line is wider than asked for, and nothing is lost")
  func wrapsWithin() {
    let text = "아이유 콘서트 IU concert 🎤 대기열에 18,204명이 기다리고 있습니다 and-a-very-long-word-without-blanks"
    for columns in 2...60 {
      let lines = text.wrapped(toColumns: columns)
      #expect(lines.allSatisfy { $0.displayWidth <= columns })
      #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
    }
  }
}

@Suite("Control characters in data")
struct ControlCharacterTests {
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
