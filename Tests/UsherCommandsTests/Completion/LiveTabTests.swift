import Glibc
import Support
import Testing

/// The TAB key in the real shells, with the real program giving names from real stores.
///
/// A function in the program's place prints the words that it gets, and passes on what the scripts ask.
@Suite("TAB for live names")
struct LiveTabTests {
  /// What is typed, with `\t` for the key, and the words that come of it.
  private static let keys: [(typed: String, words: String)] = [
    ("usher --context eu\tstatus", "<--context><eu:sale><status>"),
    ("usher --context=us\tstatus", "<--context=us:sale><status>"),
    ("usher --context eu:\tstatus", "<--context><eu:sale><status>"),
    ("usher queue status --queue t\t", "<queue><status><--queue><tickets>"),
    ("usher queue status --queue v\t", "<queue><status><--queue><vip queue>"),
    ("usher queue status --queue=v\t", "<queue><status><--queue=vip queue>"),
    ("usher cache evict conc\t", "<cache><evict><concerts>"),
    ("usher cache evict 콘\t", "<cache><evict><콘서트>"),
    ("usher index create concert_o\tconcert_d\t", "<index><create><concert_option><concert_date>"),
    ("usher index drop seat_by\t", "<index><drop><seat_by_status>"),
    ("usher index drop public.seat_by\t", "<index><drop><public.seat_by_status>"),
    ("usher index drop pub\tx", "<index><drop><pubx>"),
    (#"usher index drop \"My\#t"#, #"<index><drop><"My Index">"#),
    (#"usher index drop '"My\#t"#, #"<index><drop><"My Index">"#),
    (#"usher index drop 'public."My\#t"#, #"<index><drop><public."My Index">"#),
    (#"usher index create public.seat sta\#t"#, "<index><create><public.seat><status>"),
    (#"usher index create 'public."My\#tun\#t"#, #"<index><create><public."My Table"><unseen>"#),
    ("usher index list --table public.concert_o\t", "<index><list><--table><public.concert_option>"),
    ("usher queue status --queue 'v\t", "<queue><status><--queue><vip queue>"),
    ("usher outbox replay --type PA\t", "<outbox><replay><--type><PAID>"),
    ("usher outbox replay --type=PAID,REF\t", "<outbox><replay><--type=PAID,REFUNDED>"),
    ("usher --config /nonexistent cache evict conc\tx", "<--config></nonexistent><cache><evict><concx>"),
    ("usher cache evict nothing\tx", "<cache><evict><nothingx>"),
  ]

  private func stage() throws -> CompletionStage {
    let stage = try CompletionStage()
    try stage.connection.script(
      """
      CREATE INDEX seat_by_status ON seat (status);
      CREATE TABLE "My Table" (unseen int); CREATE INDEX "My Index" ON "My Table" (unseen);
      INSERT INTO outbox_event (key, domain_type, event_type, payload, status)
      VALUES ('k', 'payment', 'PAID', '{}', 'INIT'), ('k', 'payment', 'REFUNDED', '{}', 'INIT')
      """)
    return stage
  }

  private func press(_ shell: String, _ options: String, function: String) throws -> [String] {
    let stage = try stage()
    let script = "\(stage.directory)/script"
    defer { unlink(script) }
    let completion = try Binary.run(["completion", shell], environment: stage.environment)
    let file = try #require(fopen(script, "w"))
    fputs(completion.output, file)
    fclose(file)
    var environment = stage.environment
    environment["PATH"] = "/usr/bin:/bin"
    environment["USHER"] = try Binary.path()
    let start = shell == "zsh" ? "autoload -U compinit; compinit -D -u; source \(script)" : "source \(script)"
    let lines = ["\(start); \(function)"] + Self.keys.map(\.typed) + ["exit", ""]
    // script(1) gives the terminal.
    let run = try Binary.run(
      program: "/usr/bin/script", ["-qc", "\(shell) \(options) -i", "/dev/null"], environment: environment,
      stdin: lines.joined(separator: "\n"))
    // The echo of the keys holds no `@<`, only what the function prints.
    return run.output.matches(of: #/@(<[^@\r\n]*>)@/#).map { String($0.1) }
  }

  private static func has(_ shell: String) -> Bool { access("/usr/bin/\(shell)", X_OK) == 0 }

  @Test("bash", .enabled(if: has("bash")))
  func bash() throws {
    let words = try press(
      "bash", "--norc --noprofile",
      function:
        #"usher() { [ "$1" = __complete ] && { "$USHER" "$@"; return; }; printf '@%s@\n' "$(printf '<%s>' "$@")"; }"#)
    #expect(words == Self.keys.map(\.words))
  }

  @Test("zsh", .enabled(if: has("zsh")))
  func zsh() throws {
    let words = try press(
      "zsh", "-f",
      function:
        #"usher() { [ "$1" = __complete ] && { "$USHER" "$@"; return; }; printf '@%s@\n' "$(printf '<%s>' "$@")"; }"#)
    #expect(words == Self.keys.map(\.words))
  }

  @Test("fish", .enabled(if: has("fish")))
  func fish() throws {
    let words = try press(
      "fish", "--no-config",
      function: """
        function usher; if test "$argv[1]" = __complete; $USHER $argv; else; printf '@%s@\\n' (string join '' '<'$argv'>'); end; end
        """)
    #expect(words == Self.keys.map(\.words))
  }
}
