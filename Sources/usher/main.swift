import Glibc
import Terminal
import UsherCommands

StandardDescriptors.openClosed()

// `CommandLine.arguments` repairs bad UTF-8; a word that is not text must be refused as it was typed.
let words = (1..<max(1, Int(CommandLine.argc))).compactMap { index in
  CommandLine.unsafeArgv[index].map {
    Array(UnsafeBufferPointer(start: $0, count: strlen($0))).map(UInt8.init(bitPattern:))
  }
}

var environment: [String: String] = [:]
var entry = environ
while let pointer = entry.pointee {
  let text = String(cString: pointer)
  if let separator = text.firstIndex(of: "=") {
    environment[String(text[..<separator])] = String(text[text.index(after: separator)...])
  }
  entry += 1
}

Interruption.install()
exit(Program(words: words, environment: environment).run())
