import Foundation
import Testing
import Text

@testable import Arguments

@Suite("The worked example of DESIGN.md")
struct WorkedExampleTests {
  private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  private static func design() throws -> String {
    let root = directory.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: "Sources/Arguments/DESIGN.md"), encoding: .utf8)
  }

  /// What stands between the fences of a language.
  private static func fenced(_ language: String) throws -> String {
    let text = try design()
    let start = try #require(text.firstRange(of: "\n```\(language)\n")).upperBound
    return String(
      text[start...].prefix(upTo: try #require(text[start...].firstRange(of: "\n```\n")).upperBound).dropLast(4))
  }

  @Test("its code is that of the file that is compiled here")
  func code() throws {
    let file = try String(contentsOf: Self.directory.appending(path: "SeatFinder.swift"), encoding: .utf8)
    #expect(try Self.fenced("swift") == file)
  }

  @Test("its command lines print what is shown there")
  func output() throws {
    for part in try Self.fenced("console").split(separator: "$ ", omittingEmptySubsequences: true) {
      let (line, shown) = (part.prefix { $0 != "\n" }, part.drop { $0 != "\n" }.dropFirst())
      let words = try #require(ShellWords.first(of: String(line)))
      let variables = words.prefix { $0.contains("=") }.map { $0.split(separator: "=").map(String.init) }
      let environment = Dictionary(uniqueKeysWithValues: variables.map { ($0[0], $0[1]) })
      let answer = try SeatFinder.answer(Array(words.dropFirst(variables.count + 1)), environment: environment)
      #expect(answer.text.trimmingCharacters(in: .newlines) == shown.trimmingCharacters(in: .newlines), "\(line)")
    }
  }

  @Test("it has no mistake of its own, and ends with the status of what happened")
  func sound() throws {
    #expect(Audit(SeatFinder.root).findings == [])
    #expect(try SeatFinder.answer(["find", "2"]).status == 0)
    #expect(try SeatFinder.answer(["find", "9"]).status == 64)
    #expect(try SeatFinder.answer(["--version"]).text == "seats 1.0\n")
    #expect(try SeatFinder.answer(["-q", "find", "2"]).text == "2 seats\n")
  }
}
