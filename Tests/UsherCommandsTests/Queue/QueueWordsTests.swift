import Failures
import Redis
import Support
import Testing

@testable import UsherCommands

@Suite("the words of a list")
struct QueueWordsTests {
  @Test("are one a line, whatever ends the lines")
  func lines() throws {
    for text in ["a\nb c\n", "a\r\nb c", "\u{FEFF}a\n\n\r\nb c\n\n"] {
      #expect(try QueueWords.parse(Array(text.utf8), "x") == ["a", "b c"])
    }
    #expect(try QueueWords.parse([], "x").isEmpty)
    #expect(try QueueWords.parse([0xFF, 10, 0x80], "x") == [RedisArgument([0xFF]), RedisArgument([0x80])])
  }

  @Test(
    "that can be none are named with the line's number",
    arguments: [
      ("a\n b", 2), ("a\n\nb\t\n", 3), ("\0", 1), ("a\nb\u{7F}", 2), (String(repeating: "x", count: 4097), 1),
    ])
  func bad(text: String, line: Int) {
    let failure = #expect(throws: Failure.self) { try QueueWords.parse(Array(text.utf8), "'f'") }
    #expect(failure?.kind == .badInput)
    #expect(failure?.message.hasPrefix("line \(line) of 'f' ") == true)
  }

  @Test("of ordinary length are read from a file, half a million of them")
  func longFile() throws {
    let program = try QueueProgram()
    let file = try program.file((0..<200_000).map { "a-token-of-the-usual-length-\($0 + 1_000_000)\n" }.joined())
    let run = try program.run("queue", "remove", "--file", file, "--dry-run")
    #expect(run.status == 0, "\(run.errors)")
  }

  @Test("are half a million at most")
  func most() throws {
    let text = Array(repeating: UInt8(ascii: "a"), count: 1) + [10]
    let bytes = [UInt8]((0..<500_001).map { _ in text }.joined())
    #expect(try QueueWords.parse(bytes.dropLast(2), "x").count == 500_000)
    #expect(throws: (any Error).self) { try QueueWords.parse(bytes, "x") }
  }
}
