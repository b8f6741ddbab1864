import Foundation
import Testing

/// The rules are listed in DESIGN.md; a test says in its name which one it holds the parser to.
@Suite("The rules")
struct RulesTests {
  private static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static func text(_ directory: URL, _ ending: String) throws -> String {
    let files = try #require(FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil))
    let urls = files.compactMap { $0 as? URL }.filter {
      $0.pathExtension == ending && $0.lastPathComponent != "RulesTests.swift"
    }
    return try urls.map { try String(contentsOf: $0, encoding: .utf8) }.joined(separator: "\n")
  }

  @Test("each has a test that names it", arguments: 1...31)
  func named(rule: Int) throws {
    let tests = try Self.text(Self.root, "swift")
    #expect(try tests.contains(Regex("[Rr]ule \(rule): ")))
  }

  @Test("DESIGN.md lists all of them, in order")
  func listed() throws {
    let design = Self.root.deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources/Arguments")
    let numbers = try Self.text(design, "md").matches(of: #/(?m)^(\d+)\. /#).compactMap { Int($0.1) }
    #expect(numbers == Array(1...32))
  }
}
