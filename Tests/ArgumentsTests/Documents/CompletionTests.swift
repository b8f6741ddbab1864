import Testing

@testable import Arguments

/// The same lines for the program and in the shells. fish answers by itself; bash is given the variables that its readline would set.
@Suite("Rule 31: completions")
struct CompletionTests {
  /// A line up to the cursor, and the candidates without their descriptions.
  private static let lines: [(String, [String])] = [
    ("tool ", ["queue", "outbox", "index", "shift", "cluster", "help"]),
    ("tool q", ["queue"]),
    ("tool se", []),
    ("tool queue ", ["status", "admit"]),
    ("tool --quiet queue ", ["status", "admit"]),
    ("tool -c x queue ", ["status", "admit"]),
    ("tool -qc x queue ", ["status", "admit"]),
    ("tool -cx queue ", ["status", "admit"]),
    ("tool --context x queue ", ["status", "admit"]),
    ("tool --context=a:b queue ", ["status", "admit"]),
    ("tool help queue ", ["status", "admit"]),
    ("tool queue help ", ["status", "admit"]),
    ("tool queue help a", ["admit"]),
    ("tool cluster node help disk ", ["check"]),
    ("tool help help ", []),
    // A former name isn't offered, takes its value along, and is the option that it was.
    ("tool queue admit --difference 5 --f", ["--fill-to"]),
    ("tool queue admit --difference 5 --d", ["--dry-run"]),
    ("tool queue admit --difference=5 --d", ["--dry-run"]),
    ("tool queue admit --internals --f", ["--fill-to"]),
    ("tool cluster node --no-zip --c", ["--context"]),
    ("tool queue admit --f", ["--fill-to"]),
    ("tool queue admit --no", ["--no-color"]),
    ("tool queue admit --in", []),
    ("tool queue admit --di", []),
    ("tool queue admit -n --d", ["--delta"]),
    ("tool queue admit --rate 7/s --r", ["--reason"]),
    ("tool queue admit --rate=7/s --r", ["--reason"]),
    ("tool queue admit -vr 7/s --r", ["--reason"]),
    ("tool queue admit -v --v", ["--verbose", "--version"]),
    ("tool queue admit 5 --f", []),
    ("tool queue admit -- --f", []),
    ("tool queue admit -n", ["-n"]),
    ("tool outbox replay --id 5 --i", ["--id"]),
    ("tool outbox replay --status ", ["INIT", "FAIL", "RETRY"]),
    ("tool outbox replay --status F", ["FAIL"]),
    ("tool outbox replay --status INIT,F", ["INIT,FAIL"]),
    ("tool outbox replay --status INIT,", ["INIT,FAIL", "INIT,RETRY"]),
    ("tool outbox replay --status INIT,RETRY,", ["INIT,RETRY,FAIL"]),
    ("tool index create ", []),
  ]

  @Test("the program offers what fits", arguments: lines)
  func program(line: String, expected: [String]) {
    #expect(Self.offered(line) == expected)
  }

  @Test("fish offers what fits", .enabled(if: Tool("fish") != nil))
  func fish() throws {
    let responder = try Responder(Sample.root)
    try Tool.withFile(completionScript(for: .fish, root: Sample.root)) { script in
      let start = "\(responder.function(for: .fish)); source \(script)"
      let commands = Self.lines.map { "echo '> \($0.0)'; complete -C '\($0.0)'" }
      let text = try Tool("fish")?.run(["--no-config", "-c", ([start] + commands).joined(separator: "; ")]) ?? ""
      // fish filters by what was typed, and by more than beginnings; only those count here.
      for (line, expected) in Self.lines {
        let typed = line.split(separator: " ", omittingEmptySubsequences: false).last ?? ""
        #expect(Self.answers(text, to: line).filter { $0.hasPrefix(typed) } == expected, "\(line)")
      }
      let attached = try Tool("fish")?.run([
        "--no-config", "-c", "\(start); complete -C 'tool outbox replay --status=INIT,F'",
      ])
      #expect(attached == "--status=INIT,FAIL\n")
    }
  }

  @Test("bash offers what fits", .enabled(if: Tool("bash") != nil))
  func bash() throws {
    // After `=` and `:` readline keeps what stands before, and so do the replies.
    let attached = [
      ("tool outbox replay --status=", ["INIT", "FAIL", "RETRY"]),
      ("tool outbox replay --status=F", ["FAIL"]),
      ("tool outbox replay --status=INIT,", ["INIT,FAIL", "INIT,RETRY"]),
      ("tool --context=a:", []),
    ]
    let responder = try Responder(Sample.root)
    try Tool.withFile(completionScript(for: .bash, root: Sample.root)) { script in
      let driver =
        responder.function(for: .bash) + #"""

          source "$0"
          compopt() { :; }
          COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
          while IFS= read -r COMP_LINE; do
            echo "> $COMP_LINE"
            COMP_POINT=${#COMP_LINE} COMP_TYPE=9 COMP_WORDS=() rest=$COMP_LINE
            while [[ $rest =~ ^[[:space:]]*([=:]+|[^[:space:]=:]+) ]]; do
              COMP_WORDS+=("${BASH_REMATCH[1]}") rest=${rest:${#BASH_REMATCH[0]}}
            done
            [[ $COMP_LINE == *[[:space:]] ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _tool
            ((${#COMPREPLY[@]})) && printf '%s\n' "${COMPREPLY[@]}"
          done
          """#
      let all = Self.lines + attached
      let input = all.map { $0.0 + "\n" }.joined()
      let text = try Tool("bash")?.run(["--norc", "-c", driver, script], input: input) ?? ""
      for (line, expected) in all { #expect(Self.answers(text, to: line) == expected, "\(line)") }
    }
  }

  /// The first words of the lines between `> line` and the next one.
  private static func answers(_ text: String, to line: String) -> [String] {
    let lines = text.split(separator: "\n").map(String.init)
    guard let start = lines.firstIndex(of: "> " + line) else { return ["no answer in:\n" + text] }
    return lines[(start + 1)...].prefix { !$0.hasPrefix("> ") }.map { line in
      String(line.prefix { $0 != "\t" })
    }
  }

  @Test("a script has at most 60 lines, and none of what the specification says", arguments: Shell.allCases)
  func stub(shell: Shell) throws {
    let script = completionScript(for: shell, root: Sample.root)
    #expect(script.split(separator: "\n", omittingEmptySubsequences: false).count <= 61)
    #expect(!script.contains("queue") && !script.contains("--status"))
    try Tool.withFile(script) { file in
      let complaints = try Tool(shell.rawValue)?.run(["-n", file])
      #expect(complaints == "" || Tool(shell.rawValue) == nil)
    }
  }

  @Test("a note is one line, whatever the help says")
  func notes() {
    let root = CommandSpecification(
      "tool", summary: "x", options: [Toggle("good", help: "It's \"50%\"\t$(ls)\n| `ls`")],
      subcommands: [CommandSpecification("a-b", summary: "Isn't | it")])
    let lines = { (words: [String]) in Parser(root).completion(of: words.map(\.bytes)).lines() }
    #expect(lines(["--g"]) == ["--good\tIt's \"50%\" $(ls) | `ls`"])
    #expect(lines(["a"]) == ["a-b\tIsn't | it"])
  }

  /// The words that are offered at the end of a line.
  private static func offered(_ line: String, of root: CommandSpecification = Sample.root) -> [String] {
    let words = line.split(separator: " ", omittingEmptySubsequences: false).dropFirst().map { String($0).bytes }
    return Parser(root).completion(of: words).lines().filter { !$0.hasPrefix("\t") }.map { line in
      String(line.prefix { $0 != "\t" })
    }
  }
}
