import Testing

@testable import Arguments

@Suite("Words as a shell reads them")
struct ShellWordsTests {
  @Test(
    "words are split as a shell splits them",
    arguments: [
      ("a b", ["a", "b"]),
      ("a  'b c' d", ["a", "b c", "d"]),
      (#"a "b 'c" \"d"#, ["a", "b 'c", "\"d"]),
      ("a '' b", ["a", "", "b"]),
      ("a | b", ["a"]),
      ("a>b", ["a"]),
      ("", []),
      ("'a", nil),
      (#"a "b\"c""#, ["a", "b\"c"]),
    ] as [(String, [String]?)])
  func shellWords(line: String, words: [String]?) { #expect(ShellWords.first(of: line) == words) }

  private static let shells = [("bash", ["--norc", "-c"]), ("zsh", ["-f", "-c"])]

  @Test(
    "what is quoted reads as the same word in a shell",
    arguments: [
      "=foo", "=", "==", "~root", "a[1]", "{a,b}", "%1", "@x", "+x", "a^b", "$'x'",
      "", "plain", "대기열", "two words", "it's", "$HOME", "a*", "~", "#x", "!!", "tab\there", "line\nfeed", "\u{1B}[31m",
      "back\\slash", "\"quoted\"", "a=b", "-x", "\u{A0}", "\u{202E}x", "'\n'",
    ])
  func quoted(word: String) throws {
    for (name, arguments) in Self.shells {
      guard let shell = Tool(name) else { continue }
      let output = try shell.run(arguments + ["printf '<%s>' \(ShellWords.quoted(word))"])
      #expect(output == "<\(word)>", "\(name)")
    }
  }

  @Test("what is bare needs no quotes, in any script")
  func bare() {
    for word in ["plain", "대기열", "--reason=x", "a/b.c", "100%", "k@h:1,2", "é"] {
      #expect(ShellWords.quoted(word) == word)
    }
    #expect(ShellWords.line(["tool", "a b", "", "c"]) == "tool 'a b' '' c")
  }

  @Test("quoted words are split into the same words again, as long as no control character needs an escape")
  func splitting() {
    let words = ["tool", "", "a b", "it's", "\"", "\\", "|", "대기 열", "a\\'b"]
    #expect(ShellWords.first(of: ShellWords.line(words)) == words)
  }
}
