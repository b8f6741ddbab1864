import Foundation

@testable import Arguments

/// Answers the completion scripts for a specification that no program has.
///
/// A shell function in the program's place writes the words into one named pipe and prints what comes out of another.
final class Responder: Sendable {
  private let directory: String

  init(_ root: CommandSpecification) throws {
    let directory = NSTemporaryDirectory() + "responder-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    for pipe in ["question", "answer"] where mkfifo("\(directory)/\(pipe)", 0o600) != 0 { throw Unavailable() }
    self.directory = directory
    Thread.detachNewThread {
      while let question = try? FileHandle(forReadingAtPath: "\(directory)/question")?.readToEnd(), !question.isEmpty {
        let words = question.split(separator: 0, omittingEmptySubsequences: false).dropLast().map(Array.init)
        // `__complete --` stands before them.
        let lines = Parser(root).completion(of: Array(words.dropFirst(2))).lines()
        let answer = FileHandle(forWritingAtPath: "\(directory)/answer")
        try? answer?.write(contentsOf: Data(lines.map { $0 + "\n" }.joined().utf8))
        try? answer?.close()
      }
    }
  }

  deinit {
    // The thread waits for a question: an empty one ends it.
    let descriptor = open("\(directory)/question", O_WRONLY | O_NONBLOCK)
    if descriptor >= 0 { close(descriptor) }
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// A function called `tool` that answers completions, and prints the words of any other call as `@<one><two>@`.
  func function(for shell: Shell) -> String {
    switch shell {
    case .bash, .zsh:
      #"tool() { [ "$1" = __complete ] && { printf '%s\0' "$@" >\#(directory)/question; cat \#(directory)/answer; return; }; printf '@%s@\n' "$(printf '<%s>' "$@")"; }"#
    case .fish:
      #"function tool; if test "$argv[1]" = __complete; printf '%s\0' $argv >\#(directory)/question; cat \#(directory)/answer; else; printf '@%s@\n' (string join '' '<'$argv'>'); end; end"#
    }
  }

  struct Unavailable: Error {}
}
