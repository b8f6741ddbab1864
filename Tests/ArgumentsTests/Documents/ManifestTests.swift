import Foundation
import Testing

@testable import Arguments

@Suite("The manifest")
struct ManifestTests {
  private static func object() throws -> [String: Any] {
    let text = manifest(for: Sample.root, version: "1.2")
    return try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
  }

  private static func command(_ names: String...) throws -> [String: Any] {
    var command = try object()["command"] as? [String: Any] ?? [:]
    for name in names {
      let below = command["subcommands"] as? [[String: Any]] ?? []
      command = below.first { $0["name"] as? String == name } ?? [:]
    }
    return command
  }

  @Test("it is JSON, and says its version")
  func version() throws {
    let object = try Self.object()
    #expect(object["manifest_version"] as? Int == 1)
    #expect(object["program"] as? String == "tool")
    #expect(object["version"] as? String == "1.2")
  }

  @Test("a command has all of its specification")
  func command() throws {
    let admit = try Self.command("queue", "admit")
    #expect(admit["path"] as? [String] == ["queue", "admit"])
    #expect(admit["usage"] as? String == "tool queue admit [COUNT | --fill-to N] [options]")
    #expect(admit["effect"] as? String == "changes")
    #expect(admit["see_also"] as? [String] == ["queue status"])
    let group = try #require((admit["groups"] as? [[String: Any]])?.first)
    #expect(group["kind"] as? String == "at_most_one")
    #expect(group["members"] as? [String] == ["COUNT", "--fill-to"])
    let operand = try #require((admit["operands"] as? [[String: Any]])?.first)
    #expect(operand["kind"] as? String == "integer")
    #expect(operand["minimum"] as? Int == 0)
  }

  @Test("an option says its form, kind, choices, default and variable; hidden ones are left out, secrets kept")
  func options() throws {
    let replay = try Self.command("outbox", "replay")["options"] as? [[String: Any]] ?? []
    let status = try #require(replay.first { $0["name"] as? String == "status" })
    #expect(status["form"] as? String == "list")
    #expect(status["separator"] as? String == ",")
    #expect(status["choices"] as? [String] == ["INIT", "FAIL", "RETRY"])
    #expect(status["default"] as? String == "INIT,FAIL")
    let global = try Self.command()["options"] as? [[String: Any]] ?? []
    let timeout = try #require(global.first { $0["name"] as? String == "timeout" })
    #expect(timeout["environment"] as? String == "T_TIMEOUT")
    #expect(timeout["default"] as? String == "5s")
    let text = manifest(for: Sample.root, version: "1")
    #expect(!text.contains("internals"))
    #expect(!text.contains("Nothing to see"))
  }

  @Test("rule 11: the default of a secret isn't in it")
  func secretDefault() {
    let secret = DefaultedOption("token", .text, default: "hunter2", help: "A token", isSecret: true)
    let text = manifest(for: CommandSpecification("tool", summary: "x", options: [secret]), version: "1")
    #expect(text.contains(#""name": "token""#))
    #expect(!text.contains("hunter2"))
  }

  @Test("empty lists and objects stand on one line")
  func empty() {
    #expect(JSONTree.object([("a", .array([])), ("b", .object([]))]).text() == "{\n  \"a\": [],\n  \"b\": {}\n}")
    #expect(JSONTree.array([.integer(1), .boolean(true)]).text() == "[\n  1,\n  true\n]")
  }
}
