import Arguments
import Support
import Testing

@testable import UsherCommands

@Suite("Usage errors of the program")
struct UsageErrorTests {
  /// What stands on a terminal of 80 columns, where `script` gives one; lines end in line feeds alone.
  private static func onTerminal(_ words: String, environment: [String: String] = [:]) throws -> String {
    let variables = ["TERM": "xterm", "COLUMNS": "80"].merging(environment) { $1 }
    let run = try Shell.run("script -qec '\"$USHER\" \(words)' /dev/null < /dev/null", environment: variables)
    #expect(run.status == 64)
    return run.output.replacing("\r\n", with: "\n")
  }

  @Test("on a pipe are one message, its hints, one usage line and where help is")
  func pipe() throws {
    let run = try Binary.run(["queue", "admt", "5"])
    #expect(run.status == 64)
    #expect(run.output.isEmpty)
    #expect(
      run.errors == """
        usher: unknown command 'admt'
          hint: did you mean 'usher queue admit'?
          try: usher queue admit 5

        usage: usher queue COMMAND [options]
        for help: usher queue --help

        """)
  }

  @Test("on a terminal show the command line with the wrong word marked, in colour")
  func terminal() throws {
    let plain = try Self.onTerminal("queue admt 5", environment: ["NO_COLOR": "1"])
    #expect(
      plain.hasPrefix(
        """
        usher: unknown command 'admt'
            usher queue admt 5
                        ^^^^
          hint: did you mean 'usher queue admit'?

        """))
    let colored = try Self.onTerminal("queue admt 5")
    for part in [
      "\u{1b}[31musher:\u{1b}[0m unknown", "\u{1b}[31m                ^^^^\u{1b}[0m", "\u{1b}[2mhint:\u{1b}[0m",
    ] {
      #expect(colored.contains(part), "\(part)")
    }
  }

  @Test("never show an address that may hold a password, on a terminal either")
  func addresses() throws {
    let text = try Self.onTerminal("--redis redis://:hunter2@cache-1 --postgres=password=hunter2 queue admt")
    #expect(text.contains("usher --redis ... --postgres=... queue admt"))
    #expect(!text.contains("hunter2"))
  }

  @Test(
    "offer the command line that was meant",
    arguments: [
      ("admit 5 --yes", "try: usher queue admit 5 --yes"),
      ("status queue", "try: usher queue status"),
      ("outbox replay --dry", "try: usher outbox replay --dry-run"),
      ("--fill-to 5 queue admit", "try: usher queue admit --fill-to 5"),
      ("index list -o jason", "try: usher index list -o json"),
      ("queue admit --reason too many people", "try: usher queue admit --reason 'too many people'"),
      ("queue admit --yes=false", "try: usher queue admit"),
      ("history --limit x", nil),
    ] as [(String, String?)])
  func corrections(line: String, offer: String?) throws {
    let words = line.split(separator: " ").map { Array($0.utf8) }
    guard case .failure(let error) = Parser(Catalog.root).parse(words) else {
      return #expect(offer == nil, "\(line) is no mistake")
    }
    let offered = error.text(words: words).split(separator: "\n").first { $0.hasPrefix("  try: ") }
    #expect(offered.map { String($0.dropFirst(2)) } == offer)
  }
}
