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

// So must a variable that usher reads. One whose name is not text is none of those.
var environment: [String: [UInt8]] = [:]
var entry = environ
while let pointer = entry.pointee {
  let bytes = UnsafeBufferPointer(start: pointer, count: strlen(pointer)).map(UInt8.init(bitPattern:))
  if let separator = bytes.firstIndex(of: UInt8(ascii: "=")),
    let name = String(validating: bytes[..<separator], as: UTF8.self)
  {
    environment[name] = Array(bytes[(separator + 1)...])
  }
  entry += 1
}

Interruption.install()
exit(Program(words: words, environment: environment).run())
