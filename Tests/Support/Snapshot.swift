import Failures
import Glibc

/// A run's whole effect on the user, compared with a checked-in file: stdout, stderr and status together.
///
/// `USHER_UPDATE_SNAPSHOTS=1` rewrites the files instead; read the difference before you commit it.
public enum Snapshot {
  /// Compares with `Snapshots/<name>.txt` beside the test's own file.
  public static func match(
    _ run: Binary.Run, _ name: String, replacing: [String: String] = [:], file: String = #filePath
  ) throws {
    try match(text: whole(run), name, replacing: replacing, file: file)
  }

  /// Compares with text that stands in the test itself, for what is at most five lines.
  ///
  /// - Parameters:
  ///   - output: standard output without its last line feed, with what differs from run to run taken out as in a file.
  ///   - errors: the same of standard error.
  public static func match(
    _ run: Binary.Run, status: Int32 = 0, output: String = "", errors: String = "", replacing: [String: String] = [:],
    file: String = #fileID, line: Int = #line
  ) throws {
    let lines = [output, errors].map { $0.isEmpty ? "" : $0 + "\n" }
    let expected = whole(Binary.Run(status: status, output: lines[0], errors: lines[1]))
    let found = filtered(whole(run), replacing)
    guard found != expected else { return }
    throw Mismatch(path: "\(file):\(line)", expected: expected, found: found)
  }

  /// Compares any text.
  ///
  /// - Parameter replacing: what differs from run to run in this test, and what stands for it in the file.
  public static func match(
    text: String, _ name: String, replacing: [String: String] = [:], file: String = #filePath
  ) throws {
    let directory = String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)]) + "/Snapshots"
    let path = "\(directory)/\(name).txt"
    let found = filtered(text, replacing)
    if environment("USHER_UPDATE_SNAPSHOTS") != nil {
      mkdir(directory, 0o755)
      guard let stream = fopen(path, "w") else { throw Failure(.failed, "cannot write \(path)") }
      fputs(found, stream)
      fclose(stream)
      return
    }
    let expected = contents(of: path)
    guard found != expected else { return }
    throw Mismatch(path: path, expected: expected, found: found)
  }

  private static func whole(_ run: Binary.Run) -> String {
    let ending = run.output.isEmpty || run.output.hasSuffix("\n") ? "" : "(no line feed)\n"
    return "status \(run.status)\n--- stdout\n\(run.output)\(ending)--- stderr\n\(run.errors)"
  }

  /// Takes out what differs from run to run: operation ids, instants, durations in milliseconds, temporary paths, ports.
  private static func filtered(_ text: String, _ replacing: [String: String]) -> String {
    var text = text
    for (value, placeholder) in replacing.sorted(by: { $0.key.utf8.count > $1.key.utf8.count }) {
      text = text.replacing(value, with: placeholder)
    }
    return
      text
      .replacing(#/\b01[0-9A-HJKMNP-TV-Z]{24}\b/#, with: "<operation>")
      .replacing(#/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)?/#, with: "<instant>")
      .replacing(#/"([a-z_]*duration_ms)":\s*[0-9.]+/#) { "\"\($0.1)\": <ms>" }
      .replacing(#/(?:\/tmp|\/dev\/shm)\/usher-test-\d+-\d+/#, with: "<servers>")
      .replacing(#/127\.0\.0\.1:\d+/#, with: "127.0.0.1:<port>")
      .replacing(#/redis-\d+\.sock/#, with: "redis.sock")
      .replacing(#/\btest_\d+\b/#, with: "<database>")
      .replacing(#/\btest-\d+\b/#, with: "<topic>")
  }

  private static func contents(of path: String) -> String? {
    guard let stream = fopen(path, "r") else { return nil }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The first line that differs, with what was expected there.
  struct Mismatch: Error, CustomStringConvertible {
    let path: String
    let expected: String?
    let found: String

    var description: String {
      guard let expected else { return "no snapshot \(path); run with USHER_UPDATE_SNAPSHOTS=1. Found:\n\(found)" }
      let left = expected.split(separator: "\n", omittingEmptySubsequences: false)
      let right = found.split(separator: "\n", omittingEmptySubsequences: false)
      let line = zip(left, right).prefix { $0 == $1 }.count
      return """
        \(path) differs in line \(line + 1)
        expected: \(line < left.count ? String(left[line]) : "(the end)")
        found:    \(line < right.count ? String(right[line]) : "(the end)")
        whole output found:
        \(found)
        """
    }
  }
}
