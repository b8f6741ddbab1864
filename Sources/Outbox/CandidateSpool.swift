import Failures
import Glibc

/// The candidates of a replay in their order, in a temporary file without a name, which ends with the process.
///
/// Not a cursor: it would belong to a session, and behind a connection pooler each transaction may have another one.
final class CandidateSpool {
  /// Closed in deinit.
  private let file: UnsafeMutablePointer<FILE>
  private var isReading = false

  init() throws(Failure) {
    guard let file = tmpfile() else { throw Self.failure("create a temporary file") }
    self.file = file
  }

  deinit { fclose(file) }

  func append(_ candidate: ReplayCandidate) throws(Failure) {
    try write(Array(candidate.id.utf8))
    try write(Array(candidate.status.utf8))
    try write(candidate.key)
  }

  /// The next candidates, at most `count`; empty after the last one. Nothing can be appended any more.
  func next(_ count: Int) throws(Failure) -> [ReplayCandidate] {
    if !isReading {
      guard fseek(file, 0, SEEK_SET) == 0 else { throw Self.failure("write a temporary file") }
      isReading = true
    }
    var candidates: [ReplayCandidate] = []
    while candidates.count < count, let id = try read(mayEnd: true) {
      let status = try read() ?? []
      candidates.append(
        ReplayCandidate(
          id: String(decoding: id, as: UTF8.self), status: String(decoding: status, as: UTF8.self), key: try read()))
    }
    return candidates
  }

  /// A length and the bytes; -1 for nil.
  private func write(_ bytes: [UInt8]?) throws(Failure) {
    var length = Int32(bytes?.count ?? -1)
    let bytes = bytes ?? []
    guard fwrite(&length, MemoryLayout<Int32>.size, 1, file) == 1, fwrite(bytes, 1, bytes.count, file) == bytes.count
    else { throw Self.failure("write a temporary file") }
  }

  private func read(mayEnd: Bool = false) throws(Failure) -> [UInt8]? {
    var length = Int32(0)
    guard fread(&length, MemoryLayout<Int32>.size, 1, file) == 1 else {
      if mayEnd, feof(file) != 0 { return nil }
      throw Self.failure("read a temporary file")
    }
    if length < 0 { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(length))
    guard fread(&bytes, 1, bytes.count, file) == bytes.count else { throw Self.failure("read a temporary file") }
    return bytes
  }

  private static func failure(_ action: String) -> Failure {
    Failure(
      .failed, "cannot \(action) for the list of events", causes: [String(cString: strerror(errno))],
      hints: ["free space in /tmp, or select fewer events with `--limit`"])
  }
}
