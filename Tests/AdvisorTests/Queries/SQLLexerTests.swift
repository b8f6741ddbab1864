import Testing

@testable import Advisor

@Suite("The words of a statement")
struct SQLLexerTests {
  private func kinds(_ text: String) -> [SQLToken.Kind] { SQLLexer.tokens(of: text).map(\.kind) }

  @Test("words are in lower case, signs are bytes, parameters have their number")
  func plain() {
    #expect(
      kinds("SELECT a.b FROM T WHERE x=$12")
        == [
          .word("select"), .word("a"), .sign(UInt8(ascii: ".")), .word("b"), .word("from"), .word("t"), .word("where"),
          .word("x"), .sign(UInt8(ascii: "=")), .parameter(12),
        ])
  }

  @Test(
    "a literal is one token whatever it holds",
    arguments: [
      "'a'", "'it''s; $1 -- no'", "''", #"E'it\'s; $1'"#, #"e'\\'"#, "b'101'", "X'1F'", "$$a; $1 'b'$$",
      "$x$ $$ $y$ $x$",
      "$tag_1$;$tag_1$", "'two\nlines'", "'/* no comment'", "'한글'",
    ])
  func strings(text: String) {
    #expect(kinds(text) == [.string])
    #expect(kinds("\(text) = $1") == [.string, .sign(UInt8(ascii: "=")), .parameter(1)])
  }

  @Test("a backslash is itself in a plain literal")
  func backslash() {
    #expect(kinds(#"'\' $1"#) == [.string, .parameter(1)])
  }

  @Test("a quoted name is no keyword")
  func quotedNames() {
    #expect(kinds(#""interval" "a""b""#) == [.quotedName, .quotedName])
  }

  @Test("comments are left out, nested ones too")
  func comments() {
    #expect(kinds("-- $1\n$2") == [.parameter(2)])
    #expect(kinds("/* $1 /* $2 */ ; */ $3 /**/") == [.parameter(3)])
    #expect(kinds("a--") == [.word("a")])
    #expect(kinds("1 - -2") == [.number, .sign(UInt8(ascii: "-")), .sign(UInt8(ascii: "-")), .number])
  }

  @Test("a dollar within a name belongs to it")
  func dollarInName() {
    #expect(kinds("a$1") == [.word("a$1")])
    #expect(kinds("$a") == [.sign(UInt8(ascii: "$")), .word("a")])
  }

  @Test("numbers with a point and an exponent are one token")
  func numbers() {
    #expect(kinds("1.5e3, 0x1F") == [.number, .sign(UInt8(ascii: ",")), .number])
  }

  @Test("what is left open ends with the text", arguments: ["'a", "\"a", "$$a", "$x$a$y$", "/* a", "E'a\\", "'", "$"])
  func open(text: String) {
    let tokens = SQLLexer.tokens(of: "x " + text)
    #expect(tokens.first?.kind == .word("x"))
    for token in tokens { #expect(token.range.upperBound <= text.utf8.count + 2) }
  }

  @Test("a parameter too large for a number is still one")
  func largeParameter() {
    #expect(kinds("$99999999999999999999") == [.parameter(.max)])
  }

  @Test("any bytes at all are read to their end")
  func anything() {
    var state: UInt64 = 42
    for _ in 0..<500 {
      var text = ""
      for _ in 0..<24 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let signs = Array("'\"$/*-\\;e1 \nxé.()")
        text.append(signs[Int(state >> 33) % signs.count])
      }
      var end = 0
      for token in SQLLexer.tokens(of: text) {
        #expect(token.range.lowerBound >= end && token.range.upperBound <= text.utf8.count)
        #expect(!token.range.isEmpty)
        end = token.range.upperBound
      }
    }
  }
}
