import Support
import Testing

@testable import UsherCommands

@Suite("usher manifest")
struct ManifestCommandTests {
  private static func usher(_ words: String...) throws -> Binary.Run {
    try Binary.run(words, environment: ["PATH": "/usr/bin:/bin"])
  }

  /// Each command of the catalogue that is shown, as words.
  private static var shown: [String] {
    Catalog.entries.flatMap(\.commands).filter { !$0.command.specification.isHidden }.map {
      $0.path.joined(separator: " ")
    }
  }

  @Test("as JSON is one object with a version, the program and the tree of commands")
  func json() throws {
    let run = try Self.usher("manifest", "-o", "json")
    #expect(run.status == 0 && run.errors.isEmpty)
    let value = try JSONValue(parsing: run.output)
    #expect(value["manifest_version"] == .number(1))
    #expect(value["program"] == .text("usher"))
    let groups = try #require(value["command"]?["subcommands"]?.list)
    let paths = groups.flatMap { group -> [String] in
      let verbs = group["subcommands"]?.list ?? []
      return (verbs.isEmpty ? [group] : verbs).compactMap { command in
        command["path"]?.list?.compactMap(\.text).joined(separator: " ")
      }
    }
    #expect(paths == Self.shown)
  }

  @Test("in the other formats has a row a command, in the order of help, with its effect")
  func rows() throws {
    let run = try Self.usher("manifest", "-o", "csv")
    #expect(run.status == 0 && run.errors.isEmpty)
    let records = CSV(run.output).records
    #expect(records.first == ["command", "effect", "summary", "usage"])
    #expect(records.dropFirst().map { $0[0] } == Self.shown)
    let effects = Dictionary(uniqueKeysWithValues: records.dropFirst().map { ($0[0], $0[1]) })
    #expect(effects["queue status"] == "reads" && effects["queue admit"] == "changes")
    #expect(records.dropFirst().allSatisfy { $0[3].hasPrefix("usher \($0[0])") })
  }

  @Test("needs no store, and takes no words")
  func alone() throws {
    #expect(try Self.usher("manifest").status == 0)
    #expect(try Self.usher("manifest", "queue").status == 64)
  }
}
