import Foundation
import Testing

@testable import Arguments

/// Whole outputs, as they are read. `USHER_UPDATE_SNAPSHOTS=1 swift test` writes them anew; the difference is then reviewed.
@Suite("Snapshots of whole outputs")
struct SnapshotTests {
  private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
    path: "Snapshots")

  private static func check(_ name: String, _ text: String) throws {
    let file = directory.appending(path: name)
    if ProcessInfo.processInfo.environment["USHER_UPDATE_SNAPSHOTS"] == "1" {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    #expect(text == expected, "\(name) differs")
  }

  @Test("help, short and full, of the program, a group and a command")
  func help() throws {
    for path in CommandPath(Sample.root).all where !path.isHidden {
      let name = path.specifications.map(\.name).joined(separator: "-")
      try Self.check("\(name).help.txt", HelpPage(path, .full).text())
      try Self.check("\(name).h.txt", HelpPage(path, .short).text())
    }
    try Self.check("tool.options.txt", HelpPage(CommandPath(Sample.root), .options).text())
  }

  @Test("one usage error of each kind, as it stands on standard error")
  func errors() throws {
    let lines = [
      "que", "queue", "queue admit --fil-to 5", "outbox replay --fill-to 5", "queue admit --reason",
      "queue admit --reason --quiet",
      "queue admit --password -x", "queue admit --dry-run=yes", "queue admit -r=7/s", "queue admit 0",
      "queue admit --rate 5",
      "queue admit --pin 1", "outbox replay --topic t --status INT", "outbox replay --topic t --status INIT,,FAIL",
      "queue admit 1 2",
      "index create", "outbox replay", "queue admit 5 --fill-to 5", "outbox replay --topic t --key k", "help quee",
      "nonsense", "index create -x", "queue admit --reason too many people", "--fill-to 5 queue admit",
    ]
    for (name, isTerminal) in [("errors.txt", false), ("errors-on-a-terminal.txt", true)] {
      let texts = try lines.map { "$ tool \($0)\n\(try Sample.report(Sample.words($0), isTerminal: isTerminal))" }
      try Self.check(name, texts.joined(separator: "\n"))
    }
  }

  @Test("the manual")
  func manual() throws {
    for page in manualPages(for: Sample.root, version: "1.2", date: "March 1, 2025") {
      try Self.check(page.name, page.text)
    }
  }

  @Test("the manifest")
  func manifestText() throws { try Self.check("manifest.json", manifest(for: Sample.root, version: "1.2")) }
}
