import Foundation

/// A program of this machine that a document is tried on.
struct Tool {
  let path: String

  /// Nothing where the machine doesn't have it.
  init?(_ name: String) {
    let directories = ["/usr/bin", "/bin", "/usr/local/bin"]
    guard let path = directories.map({ "\($0)/\(name)" }).first(where: FileManager.default.isExecutableFile) else {
      return nil
    }
    self.path = path
  }

  /// What it prints on both streams, given a file to read.
  func run(_ arguments: [String], input: String = "", environment: [String: String] = [:]) throws -> String {
    let process = Process()
    let (reading, output) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = environment.merging(["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]) { one, _ in one }
    (process.standardInput, process.standardOutput, process.standardError) = (reading, output, output)
    try process.run()
    try reading.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try reading.fileHandleForWriting.close()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  /// The text in a file that lives as long as `body`.
  static func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
    let path = NSTemporaryDirectory() + "arguments-\(UUID().uuidString)"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }
}
