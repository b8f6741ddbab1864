import Glibc

/// Reads the bytes of a file; nil if the file does not exist.
public typealias FileReading = @Sendable (_ path: String) throws(FileProblem) -> [UInt8]?

/// The reason why a file that exists could not be read, in the words of the operating system.
public struct FileProblem: Error, Equatable, Sendable {
  public let reason: String

  public init(reason: String) { self.reason = reason }
}

/// The files of this machine.
public enum Files {
  // A configuration has a page or two. A file of this size is another file, given by mistake.
  private static let largest = 4 << 20

  /// Reads a whole configuration file.
  public static let read: FileReading = { path throws(FileProblem) in try contents(of: path, upTo: largest) }

  /// Reads a whole file; nil if the file does not exist.
  ///
  /// - Parameters:
  ///   - largest: the largest size in bytes.
  ///   - isInterrupted: called when a signal arrives during a read; true ends the reading.
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
