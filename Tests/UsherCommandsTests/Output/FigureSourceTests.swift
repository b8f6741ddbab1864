import Support
import Testing

/// People read `19,759`; a program gets 19759. What a room or a command says in a sentence is for people.
@Suite("Counts in sentences")
struct FigureSourceTests {
  static let rooms = [
    "WaitingRoom", "Caching", "Changes", "Outbox", "Advisor", "Sandbox", "Configuration", "UsherCommands",
  ]

  /// The lines that put a bare count into a text: a property by one of the names that counts have.
  static func bareCounts(in text: String) -> [String] {
    text.split(separator: "\n").map(String.init).filter { line in
      // Parameters are numbered for PostgreSQL, and replies of an unknown shape are for whoever mends usher.
      if line.contains("$\\(") || line.contains("unexpectedReply") || line.contains(".bug,") { return false }
      return line.contains(
        #/\\\((\$?\w+\.)+(count|other|changed|failed|skipped|waiting|active|planned)( [-+] [\w.]+)?\)/#)
    }
  }

  @Test("are grouped by threes, and agree with their nouns, wherever a room or a command makes one", arguments: rooms)
  func grouped(room: String) throws {
    for (path, text) in try SourceFiles.files(in: "Sources/\(room)") {
      let bare = Self.bareCounts(in: text)
      #expect(bare.isEmpty, "\(path): write \\(….grouped) or \\(….counted(\"event\")) in: \(bare)")
    }
  }

  @Test("are recognised by what they are called")
  func recognised() {
    let bare = [
      #"note("\(totals.other) of them were active")"#, #"note("\(plan.count - moved) fewer than planned")"#,
      #"done: { "applied \($0.changed) steps" }"#, #"Lint("idle", "\(snapshot.waiting) wait")"#,
    ]
    #expect(Self.bareCounts(in: bare.joined(separator: "\n")) == bare)
    let good = [
      #"note("\(totals.other.grouped) of them")"#, #""\(plan.count.counted("event"))""#,
      #"sql += " = ANY ($\(parameters.count)::text[])""#, #""\(values.count.counted("value")) are given""#,
    ]
    #expect(Self.bareCounts(in: good.joined(separator: "\n")).isEmpty)
  }
}
