import Testing
import Yaml

@Suite("The events of a YAML text")
struct YamlParserTests {
  /// The events as words with their places, and the error at the end where there is one.
  static func events(_ bytes: some Collection<UInt8>) -> [String] {
    let parser = YamlParser(bytes)
    var words: [String] = []
    do throws(YamlError) {
      while let event = try parser.next() { words.append(word(event)) }
    } catch {
      words.append("error \(error.place.line):\(error.place.column) \(error.problem)")
    }
    return words
  }

  static func events(_ text: String) -> [String] { events(Array(text.utf8)) }

  private static func word(_ event: YamlEvent) -> String {
    let name =
      switch event.content {
      case .streamStart: "<"
      case .streamEnd: ">"
      case .documentStart: "start"
      case .documentEnd: "end"
      case .alias(let name): "*\(name)"
      case .scalar(let text, let isPlain): isPlain ? text : "'\(text)'"
      case .sequenceStart: "["
      case .sequenceEnd: "]"
      case .mappingStart: "{"
      case .mappingEnd: "}"
      }
    return "\(event.anchor.map { "&\($0) " } ?? "")\(name)@\(event.place.line):\(event.place.column)"
  }

  @Test(
    "come in order, each with the line and the column where it starts",
    arguments: [
      ("", ["<@1:1", ">@1:1"]),
      ("# only a comment", ["<@1:1", ">@2:1"]),
      ("a: b", ["<@1:1", "start@1:1", "{@1:1", "a@1:1", "b@1:4", "}@2:1", "end@2:1", ">@2:1"]),
      ("- 'x'\n- |\n  y\n", ["<@1:1", "start@1:1", "[@1:1", "'x'@1:3", "'y\n'@2:3", "]@4:1", "end@4:1", ">@4:1"]),
      ("&n [1, *n]", ["<@1:1", "start@1:1", "&n [@1:1", "1@1:5", "*n@1:8", "]@1:10", "end@2:1", ">@2:1"]),
      ("대기열: 값", ["<@1:1", "start@1:1", "{@1:1", "대기열@1:1", "값@1:6", "}@2:1", "end@2:1", ">@2:1"]),
      ("\u{FEFF}a", ["<@1:1", "start@1:1", "a@1:1", "end@2:1", ">@2:1"]),
      ("a\n---\nb", ["<@1:1", "start@1:1", "a@1:1", "end@2:1", "start@2:1", "b@3:1", "end@4:1", ">@4:1"]),
      (#""a\0b""#, ["<@1:1", "start@1:1", "'a\0b'@1:1", "end@2:1", ">@2:1"]),
      ("!!str &a x", ["<@1:1", "start@1:1", "&a x@1:1", "end@2:1", ">@2:1"]),
    ])
  func events(text: String, expected: [String]) {
    #expect(Self.events(text) == expected)
  }

  @Test(
    "end in an error with its place where the text is not YAML",
    arguments: [
      ("a: [b", "error 2:1 did not find expected ',' or ']'"),
      ("a: @b", "error 1:4 found character that cannot start any token"),
      ("a: \"b", "error 1:6 found unexpected end of stream"),
      ("한: 1\nb: \u{1}", "error 2:4 control characters are not allowed"),
      ("\u{FEFF}한국\u{7F}", "error 1:3 control characters are not allowed"),
      ("a: \u{0}", "error 1:4 control characters are not allowed"),
    ])
  func errors(text: String, expected: String) {
    #expect(Self.events(text).last == expected)
  }

  @Test("are none of UTF-16, which is refused as what it is not")
  func otherEncoding() {
    #expect(Self.events([0xFF, 0xFE, 0x61, 0x00]).last == "error 1:1 invalid leading UTF-8 octet")
    #expect(Self.events([0x61, 0x0A, 0x62, 0xC3, 0x28]).last == "error 2:3 invalid trailing UTF-8 octet")
  }

  @Test("are over after the end and after an error")
  func over() throws {
    let whole = YamlParser(Array("a".utf8))
    while try whole.next() != nil {}
    #expect(try whole.next() == nil)
    let broken = YamlParser(Array("@".utf8))
    #expect(throws: YamlError.self) { while try broken.next() != nil {} }
    #expect(try broken.next() == nil)
  }
}
