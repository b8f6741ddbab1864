import Arguments
import Glibc
import Support
import Testing

@testable import UsherCommands

@Suite("The catalogue of commands")
struct CatalogTests {
  private var commands: [(path: [String], command: any Command.Type)] { Catalog.entries.flatMap(\.commands) }

  @Test("every command type in the sources stands in the catalogue")
  func complete() throws {
    let listed = Set(commands.map { String(describing: $0.command) })
    let declared = try SourceFiles.commandTypes()
    #expect(!declared.isEmpty)
    #expect(declared.subtracting(listed) == [], "add a line to Catalog.swift")
    #expect(listed.subtracting(declared) == [])
  }

  @Test("every path leads to its command, and no two are the same")
  func paths() {
    for (path, command) in commands {
      #expect(Catalog.command(at: path) == command)
      #expect(Catalog.command(named: path.joined(separator: " ")) == command)
    }
    #expect(Set(commands.map(\.path)).count == commands.count)
    #expect(Catalog.command(at: ["queue", "fly"]) == nil)
    #expect(Catalog.command(named: "") == nil)
  }

  @Test("every command has an example that begins with its own name")
  func examples() {
    for (path, command) in commands where !command.specification.isHidden {
      let start = "usher " + path.joined(separator: " ")
      let fits = command.specification.examples.contains { $0.command.contains(start) }
      #expect(fits, "\(start) shows no example of itself")
    }
  }

  @Test("what changes something takes all options of consent, and what reads takes none")
  func consent() {
    let consent = Set(ChangeOptions.withoutRate.map(\.details.name))
    for (path, command) in commands {
      let names = Set(command.specification.options.map(\.details.name))
      if consent.isSubset(of: names) {
        #expect(command.specification.effect != .reads, "\(path) takes the options of a change")
      }
    }
  }

  @Test("what undo can take back says that it changes")
  func undoable() {
    for (path, command) in commands where command is any UndoableCommand.Type {
      #expect(command.specification.effect != .reads, "\(path)")
    }
  }
}

/// The Swift sources of the commands, read as text.
enum SourceFiles {
  /// The names of all types that are declared to be commands.
  static func commandTypes() throws -> Set<String> {
    var names: Set<String> = []
    for path in try swiftFiles(under: root + "/Sources/UsherCommands") {
      for line in try text(of: path).split(separator: "\n") {
        guard let match = line.firstMatch(of: #/^(?:public )?enum (\w+): (?:Undoable)?Command\b/#) else { continue }
        names.insert(String(match.1))
      }
    }
    return names
  }

  /// The files of the commands with their text.
  static func commandFiles() throws -> [(name: String, text: String)] {
    try swiftFiles(under: root + "/Sources/UsherCommands").map { ($0, try text(of: $0)) }
  }

  /// The files below a directory of the project with their text.
  static func files(in directory: String) throws -> [(path: String, text: String)] {
    try swiftFiles(under: "\(root)/\(directory)").map { ($0, try text(of: $0)) }
  }

  static let root: String = {
    // …/Tests/UsherCommandsTests/CatalogTests.swift: three levels up.
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/" + parts.joined(separator: "/")
  }()

  private static func swiftFiles(under directory: String) throws -> [String] {
    let stream = try #require(opendir(directory), "cannot open \(directory)")
    defer { closedir(stream) }
    var paths: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(".") { continue }
      if name.hasSuffix(".swift") { paths.append("\(directory)/\(name)") }
      if Int32(entry.pointee.d_type) == Int32(DT_DIR) { paths += try swiftFiles(under: "\(directory)/\(name)") }
    }
    return paths
  }

  static func text(of path: String) throws -> String {
    let stream = try #require(fopen(path, "r"), "cannot open \(path)")
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }
}
