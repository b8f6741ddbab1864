import Glibc
import Terminal
import UsherCommands

StandardDescriptors.openClosed()

// `CommandLine.arguments` repairs invalid UTF-8. The parser needs the original bytes to refuse such an argument.
let words = (1..<max(1, Int(CommandLine.argc))).compactMap { index in
  CommandLine.unsafeArgv[index].map {
    Array(UnsafeBufferPointer(start: $0, count: strlen($0))).map(UInt8.init(bitPattern:))
  }
}

// The same holds for the variables that usher reads. Their names are valid UTF-8, so other variables are left out.
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
