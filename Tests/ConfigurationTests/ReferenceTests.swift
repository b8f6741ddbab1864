import Testing

@testable import Configuration

@Suite("The declarations of the file's keys")
struct ReferenceTests {
  static let sections = ConfigurationReference.sections

  /// The lines of a file down to a section, and the section's indentation.
  private static func opening(_ path: String) -> (lines: [String], indent: String) {
    let names = path.isEmpty ? [] : path.split(separator: ".").map(String.init)
    let lines = names.enumerated().map { String(repeating: "  ", count: $0.offset) + $0.element + ":" }
    return (lines, String(repeating: "  ", count: names.count))
  }

  private static func file(_ path: String, _ member: String) -> String {
    let (lines, indent) = opening(path)
    return (lines + [indent + member]).joined(separator: "\n")
  }

  @Test("are in the order of the file, each mapping before those inside of it")
  func paths() {
    #expect(
      Self.sections.map(\.path) == [
        "", "contexts.NAME", "queues.NAME", "caches.NAME", "caches.NAME.warm", "outbox", "outbox.columns",
        "outbox.statuses", "outbox.publish",
      ])
    #expect(
      Self.sections[1].keys.map(\.name) == [
        "postgres", "redis", "kafka", "kafka-properties", "protected", "completion",
      ])
  }

  @Test("are all that the reader accepts", arguments: sections.map(\.path))
  func keys(path: String) throws {
    let section = try #require(Self.sections.first { $0.path == path })
    let unknown = Fixture.problems(Self.file(path, "zzzzzzzz: x")).first { $0.contains("unknown key 'zzzzzzzz'") }
    let problem = try #require(unknown)
    let known = try #require(problem.firstRange(of: "; the keys are ")).upperBound
    #expect(problem[known...].split(separator: ", ").map(String.init) == section.keys.map(\.name).sorted())
    #expect(Set(section.keys.map(\.name)).count == section.keys.count)
  }

  @Test("are all tried by the tests of the keys")
  func schema() {
    let tried = Set(SchemaTests.all.map(\.name))
    #expect(
      Set(Self.sections.flatMap { $0.keys.map(\.name) }).subtracting(tried) == ["side-keys"])
  }

  /// What a mistake in the key itself would be called: a problem that begins with the key's name, at the key's own line.
  @Test("have examples that the reader accepts", arguments: sections.map(\.path))
  func examples(path: String) throws {
    let section = try #require(Self.sections.first { $0.path == path })
    for key in section.keys {
      let problems = Fixture.problems(Self.file(path, "\(key.name): \(key.example)"))
      let own = problems.filter {
        $0.contains(": '\(key.name)' of ") && !$0.contains("needs") && !$0.contains("replaced")
      }
      #expect(own.allSatisfy { $0.contains("which is not the name of a context") }, "\(own)")
      #expect(!problems.contains { $0.contains("YAML") || $0.contains("unknown key") }, "\(problems)")
    }
  }

  @Test("have texts for the manual: whole sentences of sections, and sentences of keys without the last full stop")
  func texts() {
    for section in Self.sections {
      #expect(section.help.hasSuffix("."))
      for key in section.keys {
        let texts =
          [key.expected, key.meaning, key.standard, key.absence].compactMap { $0 } + key.choices.compactMap(\.meaning)
        #expect(texts.allSatisfy { !$0.isEmpty && !$0.hasSuffix(".") }, "\(section.path).\(key.name)")
        #expect(key.standard == nil || key.absence == nil, "\(section.path).\(key.name)")
        #expect(key.choices.isEmpty || key.choices.contains { $0.word == key.example }, "\(section.path).\(key.name)")
      }
    }
  }

  @Test("have the defaults that the reader has, word for word")
  func defaults() throws {
    func standard(_ name: String, in path: String) throws -> String? {
      try #require(Self.sections.first { $0.path == path }?.keys.first { $0.name == name }).standard
    }
    for preset in QueuePreset.allCases {
      let queue = try #require(try Fixture.load("queues: { q: { preset: \(preset.rawValue) } }").resolve().queues["q"])
      let defaults = [
        ("waiting", queue.waiting.value), ("active", queue.active.value),
        ("active-form", queue.activeForm.value.rawValue),
      ]
      for (name, value) in defaults {
        let clauses = try #require(try standard(name, in: "queues.NAME")).split(separator: "; ")
        let own = clauses.filter { $0.split { " ,".contains($0) }.dropFirst(2).contains(Substring(preset.rawValue)) }
        #expect(own.map { $0.hasPrefix("\(value) for ") } == [true], "\(name) \(preset)")
      }
      #expect(try standard("active-ttl", in: "queues.NAME") == "5m" && queue.activeTTL.value == .seconds(300))
      #expect(try standard("score", in: "queues.NAME") == queue.score.value.rawValue)
      #expect(try standard("member", in: "queues.NAME") == queue.member.value.rawValue)
      #expect(try standard("active-score", in: "queues.NAME") == queue.activeScore.value.rawValue)
    }
    let outbox = try #require(try Fixture.load("outbox: { table: t }").resolve().outbox)
    let statuses = [
      outbox.status(\.initial), outbox.status(\.published), outbox.status(\.fail), outbox.status(\.retry),
    ]
    #expect(statuses == ["INIT", "PUBLISHED", "FAIL", "RETRY"])
    #expect(try ["init", "published", "fail", "retry"].map { try standard($0, in: "outbox.statuses") } == statuses)
    #expect(try standard("id-header", in: "outbox.publish") == outbox.idHeader)
    #expect(try standard("protected", in: "contexts.NAME") == "false")
  }

  @Test("name the path of a key in messages")
  func messagePaths() {
    #expect(OutboxSettings.path(ofColumn: \.created) == "outbox.columns.created")
    #expect(OutboxSettings.path(ofTemplate: \.topic) == "outbox.publish.topic")
    #expect(OutboxSettings.path(ofHeader: "h") == "outbox.publish.headers.h")
  }
}
