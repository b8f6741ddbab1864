import Testing

@testable import Arguments

/// The same lines in every shell. fish answers by itself; bash is given the variables that its readline would set.
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

  @Test("fish offers what fits", .enabled(if: Tool("fish") != nil))
  func fish() throws {
    try Tool.withFile(completionScript(for: .fish, root: Sample.root)) { script in
      let commands = Self.lines.map { "echo '> \($0.0)'; complete -C '\($0.0)'" }
      let text =
        try Tool("fish")?.run(["--no-config", "-c", (["source \(script)"] + commands).joined(separator: "; ")]) ?? ""
      // fish filters by what was typed, and by more than beginnings; only those count here.
      for (line, expected) in Self.lines {
        let typed = line.split(separator: " ", omittingEmptySubsequences: false).last ?? ""
        #expect(Self.answers(text, to: line).filter { $0.hasPrefix(typed) } == expected, "\(line)")
      }
      let attached = try Tool("fish")?.run([
        "--no-config", "-c", "source \(script); complete -C 'tool outbox replay --status=INIT,F'",
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
    try Tool.withFile(completionScript(for: .bash, root: Sample.root)) { script in
      let driver = #"""
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

  @Test("zsh accepts its script", .enabled(if: Tool("zsh") != nil))
  func zsh() throws {
    try Tool.withFile(completionScript(for: .zsh, root: Sample.root)) { script in
      let complaints = try Tool("zsh")?.run(["-n", script])
      #expect(complaints == "")
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

  @Test("a text with quotes, bars and backslashes is data in every shell", arguments: Shell.allCases)
  func hostileTexts(shell: Shell) throws {
    guard let tool = Tool(shell.rawValue) else { return }
    let root = CommandSpecification(
      "tool", summary: "x", options: [Toggle("good", help: #"It's "50%" $(touch /tmp/x) `ls` | \n \"#)],
      subcommands: [CommandSpecification("a-b", summary: "Isn't | it")])
    try Tool.withFile(completionScript(for: shell, root: root)) { script in
      let complaints = try tool.run(["-n", script])
      #expect(complaints == "")
    }
    #expect(CompletionData(CommandPath(root)).commands.first == "a-b|Isn't / it")
  }

  @Test("the data hold forms, exclusions and sources")
  func data() {
    let replay = CompletionData(CommandPath(Sample.root).appending(Sample.replay))
    #expect(replay.options.first == "--status|*,=||INIT FAIL RETRY||Which events")
    #expect(CompletionData(CommandPath(Sample.root)).options.first == "--context -c|=||<contexts>||Where to work")
    let admit = CompletionData(CommandPath(Sample.root).appending(Sample.admit))
    #expect(admit.options.first == "--fill-to|=|COUNT|||Admit until so many are active")
    #expect(admit.options.contains("--delta -d|=|||--difference|A change"))
    #expect(admit.options.last == "||||--internals|")
    let hidden = Option("inner", .text, short: "i", help: "Secret ways", isHidden: true, formerNames: ["old"])
    let plain = CommandSpecification("tool", summary: "x", options: [hidden, Sample.compress])
    #expect(
      CompletionData(CommandPath(plain)).options.prefix(2)
        == ["|=|||--inner -i --old|", "--compress --no-compress||||--zip --no-zip|Compress what is sent"])
    #expect(admit.operands == ["COUNT||"])
    #expect(CompletionData(CommandPath(Sample.root).appending(Sample.create)).operands == ["TABLE||", "COLUMN|*|"])
  }
}
