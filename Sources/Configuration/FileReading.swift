import Glibc

/// Reads a file's bytes; nil where there is no such file. Throws `FileProblem`.
public typealias FileReading = @Sendable (_ path: String) throws(FileProblem) -> [UInt8]?

/// Why a file that exists could not be read; the operating system's own sentence.
public struct FileProblem: Error, Equatable, Sendable {
  public let reason: String

  public init(reason: String) { self.reason = reason }
}

/// Files of the machine.
public enum Files {
  /// A configuration is a page or two; something so large is another file by mistake.
  private static let largest = 4 << 20

  /// Reads a configuration whole.
  public static let read: FileReading = { path throws(FileProblem) in try contents(of: path, upTo: largest) }

  /// Reads a file whole; nil where there is none.
  ///
  /// - Parameters:
  ///   - largest: the most bytes that it may have.
  ///   - isInterrupted: asked when a signal came while it waited for more.
  public static func contents(
    of path: String, upTo largest: Int, isInterrupted: () -> Bool = { false }
  ) throws(FileProblem) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw FileProblem(reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 * 1024)
    while bytes.count <= largest {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR {
        if isInterrupted() { throw FileProblem(reason: "interrupted") }
        continue
      }
      if count < 0 { throw FileProblem(reason: String(cString: strerror(errno))) }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk.prefix(count))
    }
    throw FileProblem(reason: "larger than \(largest >> 20) MiB")
  }
}
