import Testing
import Text

@Suite("Reading JSON")
struct JSONTests {
  @Test(
    "gives the value of a text",
    arguments: [
      ("null", .null), (" true\n", .boolean(true)), ("false", .boolean(false)), ("\"\"", .text("")), ("[]", .list([])),
      ("{}", .object([:])), ("[1, \"a\", [null]]", .list([.number("1"), .text("a"), .list([.null])])),
      (
        "{\"a\": {\"b\": -1.50e+3}, \"대기열\": \"값\"}",
        .object(["a": .object(["b": .number("-1.50e+3")]), "대기열": .text("값")])
      ),
      ("{\"a\": 1, \"a\": 2}", .object(["a": .number("2")])), (#""\"\\\/\b\f\n\r\t""#, .text("\"\\/\u{8}\u{C}\n\r\t")),
      (#""\u0041\uD55c\ud83d\ude00\u0000""#, .text("A한😀\0")),
    ] as [(String, JSON)])
  func reads(text: String, value: JSON) throws {
    #expect(try JSON(parsing: text) == value)
  }

  @Test(
    "refuses what is not JSON",
    arguments: [
      ("", "the end in place of a value"), ("{", "an object's member without a name"),
      ("[1", "a list that is not closed"),
      ("[1,]", "']' in place of a value"), ("{\"a\": 1,}", "an object's member without a name"),
      ("{\"a\" 1}", "a name without ':'"), ("{\"a\": 1 \"b\": 2}", "an object that is not closed"),
      ("[1 2]", "a list that is not closed"),
      ("{a: 1}", "an object's member without a name"), ("1 2", "something after the value"),
      ("nul", "a word that is not a value"),
      ("NaN", "a word that is not a value"), ("01", "a word that is not a value"), ("+1", "a word that is not a value"),
      ("1.", "a word that is not a value"), (".5", "a word that is not a value"), ("1e", "a word that is not a value"),
      ("-", "a word that is not a value"), ("0x1", "a word that is not a value"), ("'a'", "a word that is not a value"),
      ("\u{FEFF}1", "a word that is not a value"), ("\"a", "a string that is not closed"),
      ("\"a\\", "a string that is not closed"),
      ("\"a\nb\"", "a control character in a string"), (#""\x""#, "an unknown escape"),
      (#""\u12g4""#, "\\u without four hexadecimal digits"), (#""\u12"#, "\\u without four hexadecimal digits"),
      (#""\ud800""#, "half of a surrogate pair"), (#""\ud800\u0041""#, "half of a surrogate pair"),
      (#""\udc00""#, "half of a surrogate pair"), (#"["a" "b"]"#, "a list that is not closed"),
      (#"tr"ue""#, "a word that is not a value"),
    ])
  func refuses(text: String, reason: String) {
    do throws(JSONMistake) {
      Issue.record("read as \(try JSON(parsing: text))")
    } catch {
      #expect(error.reason == reason)
      #expect(error.offset <= text.utf8.count)
    }
  }

  @Test("keeps numbers exact")
  func numbers() throws {
    #expect(try JSON(parsing: "9223372036854775807").integer == .max)
    #expect(try JSON(parsing: "-9223372036854775808").integer == .min)
    #expect(try JSON(parsing: "9007199254740993").integer == 9_007_199_254_740_993)
    #expect(try JSON(parsing: "9223372036854775808").integer == nil)
    #expect(try ["5.0", "1e3", "2.5", "-0"].map { try JSON(parsing: $0).integer } == [5, 1000, nil, 0])
    #expect(try ["0.1", "2.5e-3", "-7", "1e400"].map { try JSON(parsing: $0).number } == [0.1, 0.0025, -7, nil])
    #expect(try JSON(parsing: "\"5\"").integer == nil)
  }

  @Test("gives members and elements by what they are, and nothing for another kind")
  func access() throws {
    let value = try JSON(parsing: #"{"list": [true], "text": "a", "number": 1}"#)
    #expect(value["list"]?.list?.first?.boolean == true)
    #expect(value["text"]?.text == "a" && value["text"]?.list == nil && value["text"]?.number == nil)
    #expect(value["number"]?.text == nil && value["absent"] == nil && value["text"]?["a"] == nil)
  }

  @Test("refuses values nested too deep, whatever they are")
  func nesting() throws {
    for (opening, closing) in [("[", "]"), ("{\"a\":", "}")] {
      func nested(_ levels: Int) -> String {
        String(repeating: opening, count: levels) + "1" + String(repeating: closing, count: levels)
      }
      #expect(throws: Never.self) { try JSON(parsing: nested(511)) }
      #expect(throws: JSONMistake.self) { try JSON(parsing: nested(512)) }
      #expect(throws: JSONMistake.self) { try JSON(parsing: String(repeating: opening, count: 1_000_000)) }
    }
  }

  @Test("never traps, whatever a text was damaged to")
  func damaged() {
    let bytes = Array(#"{"a": [1, -2.5e3, "x\u0041\ud83d\ude00\n"], "b": {"c": null, "d": true}}"#.utf8)
    var random: UInt64 = 20_261_130
    func next(_ bound: Int) -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(random >> 33) % bound
    }
    var intact = 0
    for _ in 0..<5_000 {
      var damaged = bytes
      for _ in 0...next(2) { damaged[next(damaged.count)] = Array("{}[]\":,\\u0123x \n".utf8)[next(15)] }
      if (try? JSON(
        parsing: String(decoding: damaged.prefix(next(4) == 0 ? next(damaged.count) : damaged.count), as: UTF8.self)))
        != nil
      {
        intact += 1
      }
    }
    #expect(intact > 100 && intact < 4_900)
  }
}

@Suite("The tokens of JSON text")
struct JSONLexerTests {
  @Test("are lenient where the program asks for it")
  func lenient() throws {
    var lexer = JSONLexer(Array("\"a\nb\"".utf8) + [0x22, 0xFF, 0x22], refusesControls: false)
    #expect(try lexer.next() == .text(Array("a\nb".utf8)))
    #expect(try lexer.next() == .text([0xFF]))
    #expect(try lexer.next() == .end)
    #expect(try lexer.next() == .end)
    var strict = JSONLexer(Array("\"a\nb\"".utf8), refusesControls: true)
    #expect(throws: JSONMistake.self) { try strict.next() }
  }
}
