import Testing

@testable import Configuration

/// The manual says what the reader does: every key, and no other.
@Suite("The reference of the file")
struct ReferenceTests {
  /// A file with a key in this section that nobody knows.
  private static func file(_ path: String) -> String {
    let names = path.isEmpty ? [] : path.split(separator: ".").map(String.init)
    let lines = names.enumerated().map { String(repeating: "  ", count: $0.offset) + $0.element + ":" }
    return (lines + [String(repeating: "  ", count: names.count) + "zzzzzzzz: x"]).joined(separator: "\n")
  }

  @Test("names the keys that the reader accepts", arguments: ConfigurationReference.sections.map(\.path))
  func keys(path: String) throws {
    let section = try #require(ConfigurationReference.sections.first { $0.path == path })
    let problem = try #require(Fixture.problems(Self.file(path)).first { $0.contains("unknown key \"zzzzzzzz\"") })
    let known = try #require(problem.firstRange(of: "; it has ")).upperBound
    #expect(problem[known...].split(separator: ", ").map(String.init) == section.keys.map(\.name).sorted())
  }

  @Test("has every mapping that the tests of the keys know")
  func sections() {
    let named = Set(ConfigurationReference.sections.flatMap { $0.keys.map(\.name) })
    #expect(Set(SchemaTests.all.map(\.name)).subtracting(named) == [])
    #expect(Set(ConfigurationReference.sections.map(\.path)).count == ConfigurationReference.sections.count)
  }

  @Test("says what each key is for, in words that end without a full stop")
  func texts() {
    for section in ConfigurationReference.sections {
      #expect(section.help.hasSuffix("."))
      for key in section.keys {
        #expect(!key.value.isEmpty && !key.help.isEmpty && !key.help.hasSuffix("."), "\(section.path).\(key.name)")
      }
    }
  }

  @Test("gives the defaults that the reader has")
  func defaults() throws {
    let file = "queues:\n  q: { preset: set-ttl }"
    let context = try Configuration.load(Fixture.input(files: [Fixture.userPath: file])).resolve()
    #expect(context.queues["q"]?.activeTTL.value == .seconds(300))
    #expect(OutboxSettings.statusRoles == ["init", "published", "fail", "retry"])
  }
}
