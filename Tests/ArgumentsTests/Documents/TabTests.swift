import Testing

@testable import Arguments

/// The TAB key, pressed in the real shells at a terminal of their own.
///
/// `script` gives the terminal. What is typed ends in Return, and a function in the program's place prints the words that it got.
@Suite("Rule 31: TAB in the real shells")
struct TabTests {
  /// What is typed, with `\t` for the key, and the words that come of it.
  private static let keys: [(String, String)] = [
    ("tool q\tst\t", "<queue><status>"),
    ("tool queue ad\t--fi\t5", "<queue><admit><--fill-to><5>"),
    ("tool --qu\tqueue ad\t", "<--quiet><queue><admit>"),
    ("tool -c a:b sh\t", "<-c><a:b><shift>"),
    ("tool --context=a:b sh\t", "<--context=a:b><shift>"),
    ("tool help qu\tad\t", "<help><queue><admit>"),
    ("tool outbox re\t--st\tF\t", "<outbox><replay><--status><FAIL>"),
    ("tool outbox replay --status=I\t--to\tt", "<outbox><replay><--status=INIT><--topic><t>"),
    ("tool outbox replay --status=INIT,F\t", "<outbox><replay><--status=INIT,FAIL>"),
    ("tool outbox replay --status INIT,RETRY,\t", "<outbox><replay><--status><INIT,RETRY,FAIL>"),
    ("tool queue help ad\t", "<queue><help><admit>"),
    ("tool queue admit --difference 5 --fi\t7", "<queue><admit><--difference><5><--fill-to><7>"),
    ("tool queue admit -n --dr\tx", "<queue><admit><-n><--drx>"),
    ("tool queue admit --inter\tx", "<queue><admit><--interx>"),
    ("tool zzz\tx", "<zzzx>"),
    (
      "tool cluster node disk check --file /etc/debian_v\tsda",
      "<cluster><node><disk><check><--file></etc/debian_version><sda>"
    ),
    (
      "tool cluster node disk check --file=/etc/debian_v\tsda",
      "<cluster><node><disk><check><--file=/etc/debian_version><sda>"
    ),
    ("tool cluster node disk check -C /usr/loca\tx", "<cluster><node><disk><check><-C></usr/local/x>"),
  ]

  private static func press(_ command: String, setUp: String) throws -> [String] {
    let lines = [setUp] + keys.map(\.0) + ["exit", ""]
    let text = try Tool("script")?.run(
      ["-qc", command, "/dev/null"], input: lines.joined(separator: "\n"),
      environment: ["TERM": "dumb", "HOME": "/nonexistent"])
    // The echo of the keys holds no `@<`, only what the function prints.
    return (text ?? "").matches(of: #/@(<[^@\r\n]*>)@/#).map { String($0.1) }
  }

  @Test("bash", .enabled(if: Tool("bash") != nil && Tool("script") != nil))
  func bash() throws {
    let responder = try Responder(Sample.root)
    try Tool.withFile(completionScript(for: .bash, root: Sample.root)) { script in
      let words = try Self.press(
        "bash --norc --noprofile -i", setUp: "source \(script); \(responder.function(for: .bash))")
      #expect(words == Self.keys.map(\.1))
    }
  }

  @Test("zsh", .enabled(if: Tool("zsh") != nil && Tool("script") != nil))
  func zsh() throws {
    let responder = try Responder(Sample.root)
    try Tool.withFile(completionScript(for: .zsh, root: Sample.root)) { script in
      let words = try Self.press(
        "zsh -f -i",
        setUp: "autoload -U compinit; compinit -D -u; source \(script); \(responder.function(for: .zsh))")
      #expect(words == Self.keys.map(\.1))
    }
  }

  @Test("fish", .enabled(if: Tool("fish") != nil && Tool("script") != nil))
  func fish() throws {
    let responder = try Responder(Sample.root)
    try Tool.withFile(completionScript(for: .fish, root: Sample.root)) { script in
      let words = try Self.press(
        "fish --no-config -i", setUp: "source \(script); \(responder.function(for: .fish))")
      #expect(words == Self.keys.map(\.1))
    }
  }
}
