import Glibc
import Support
import Testing
import Text

@Suite("Words of a shell")
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

  private static let shells = [("/bin/bash", ["--norc", "-c"]), ("/usr/bin/zsh", ["-f", "-c"])]
    .filter { access($0.0, X_OK) == 0 }

  private static func reading(_ word: String, by shell: (String, [String])) throws -> String {
    try Binary.run(
      program: shell.0, shell.1 + ["printf '<%s>' " + word],
      environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
    ).output
  }

  @Test(
    "what is quoted reads as the same word in a shell",
    arguments: [
      "=foo", "=", "==", "~root", "a[1]", "{a,b}", "%1", "@x", "+x", "a^b", "$'x'",
      "", "plain", "대기열", "two words", "it's", "$HOME", "a*", "~", "#x", "!!", "tab\there", "line\nfeed", "\u{1B}[31m",
      "back\\slash", "\"quoted\"", "a=b", "-x", "\u{A0}", "\u{202E}x", "'\n'", "it'\u{301}s",
    ])
  func quoted(word: String) throws {
    for shell in Self.shells {
      #expect(try Self.reading(ShellWords.quoted(word), by: shell) == "<\(word)>", "\(shell.0)")
    }
  }

  @Test(
    "what stands in single quotes reads as the same word in a POSIX shell and in fish",
    arguments: [
      "", "a b", "it's", "''", "$HOME `id` \\ \"", "서연", "a\nb", "it'\u{301}s", "\\'", "\\", "a\\nb",
      "'\u{200D}'; echo x '",
    ])
  func singleQuoted(word: String) throws {
    let shells = [("/bin/sh", ["-c"])] + Self.shells
    for shell in shells {
      #expect(try Self.reading(ShellWords.singleQuoted(word), by: shell) == "<\(word)>", "\(shell.0)")
    }
    guard access("/usr/bin/fish", X_OK) == 0 else { return }
    let fish = ("/usr/bin/fish", ["--no-config", "-c"])
    #expect(try Self.reading(ShellWords.fishQuoted(word), by: fish) == "<\(word)>")
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
