import Glibc
import Testing

@testable import Configuration

@Suite("Replacing a file")
struct FileReplacingTests {
  private let directory: String

  init() {
    directory = "/tmp/usher-replace-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    mkdir(directory, 0o755)
  }

  private func contents(_ name: String) throws -> String? {
    try Files.read("\(directory)/\(name)").map { String(decoding: $0, as: UTF8.self) }
  }

  private var names: [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  @Test("a new file, an old one with its mode, and the target of a link")
  func replaces() throws {
    try Files.replace("\(directory)/a", with: Array("one".utf8))
    chmod("\(directory)/a", 0o640)
    symlink("a", "\(directory)/link")
    try Files.replace("\(directory)/link", with: Array("two".utf8))
    #expect(try contents("a") == "two" && contents("link") == "two")
    var facts = stat()
    #expect(lstat("\(directory)/link", &facts) == 0 && facts.st_mode & S_IFMT == S_IFLNK)
    #expect(stat("\(directory)/a", &facts) == 0 && facts.st_mode & 0o777 == 0o640)
    #expect(names == ["a", "link"])
  }

  @Test("a reader that has the old file open keeps it whole")
  func readers() throws {
    try Files.replace("\(directory)/a", with: Array("old".utf8))
    let old = open("\(directory)/a", O_RDONLY)
    defer { close(old) }
    try Files.replace("\(directory)/a", with: Array("new text".utf8))
    var bytes = [UInt8](repeating: 0, count: 16)
    #expect(read(old, &bytes, 16) == 3 && bytes.starts(with: Array("old".utf8)))
  }

  @Test("what cannot be written is told, and nothing is left behind")
  func problems() throws {
    #expect(throws: FileProblem(reason: "it is a directory")) { try Files.requireReplaceable(directory) }
    #expect(throws: FileProblem.self) { try Files.requireReplaceable("\(directory)/none/a") }
    #expect(throws: FileProblem.self) { try Files.replace("\(directory)/none/a", with: []) }
    #expect(throws: FileProblem.self) { try Files.replace(directory, with: []) }
    try Files.requireReplaceable("\(directory)/new")
    try Files.requireReplaceable("/dev/null")
    try Files.replace("/dev/null", with: [1])
    #expect(names == [])
  }
}
