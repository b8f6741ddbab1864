import Failures
import Text

/// Writes events as JSON lines with the fields id, topic, type, key, headers and value. An event has arrived when its line was
/// written.
///
/// A key or value that is not UTF-8 is written in base64 under `key_base64` or `value_base64`; NULL is null.
public final class LinePublisher: OutboxPublisher {
  private let write: ([UInt8]) throws -> Void
  private var lines = JSONWriter()
  /// Tokens of the records in `lines`.
  private var waiting: [Int] = []
  public private(set) var failures: [Int: PublishFailure] = [:]
  private static let blockSize = 64 << 10

  /// - Parameter write: writes bytes; when it returns, the operating system has them.
  public init(_ write: @escaping ([UInt8]) throws -> Void) {
    self.write = write
  }

  public var destination: String { "standard output" }

  public func topic(of mapping: OutboxMapping) throws -> OutboxTemplate {
    try mapping.requiredTopic(for: "standard output")
  }

  public func check(topics: [String]) throws -> [String] {
    [
      "an event counts as published once the operating system has its line: where the reader ends early, the events that it "
        + "has not read are lost"
    ]
  }

  public func publish(_ record: OutboxRecord, token: Int) throws {
    if let lost = failures.ofDestination { throw lost }
    append(record)
    waiting.append(token)
    if lines.bytes.count >= Self.blockSize { flush() }
  }

  public func settle() throws -> [Int: PublishFailure] {
    flush()
    defer { failures = [:] }
    return failures
  }

  private func flush() {
    defer {
      lines.bytes.removeAll(keepingCapacity: true)
      waiting.removeAll(keepingCapacity: true)
    }
    guard !lines.bytes.isEmpty else { return }
    do {
      try write(lines.bytes)
    } catch {
      let failure =
        (error as? any FailureConvertible)?.failure
        ?? Failure(.outputFailed, "cannot write events", causes: ["\(error)"])
      for token in waiting { failures[token] = PublishFailure(failure, .destination) }
    }
  }

  private func append(_ record: OutboxRecord) {
    lines.raw("{\"id\":")
    lines.add(record.id)
    lines.raw(",\"topic\":")
    lines.add(record.topic)
    lines.raw(",\"type\":")
    lines.add(record.type)
    append(record.key, as: "key")
    lines.raw(",\"headers\":{")
    for (index, header) in record.headers.enumerated() {
      if index > 0 { lines.raw(",") }
      lines.add(header.name)
      lines.raw(":")
      lines.add(String(decoding: header.value, as: UTF8.self))
    }
    lines.raw("}")
    append(record.value, as: "value")
    lines.raw("}\n")
  }

  private func append(_ bytes: [UInt8]?, as name: StaticString) {
    lines.raw(",\"")
    lines.raw(name)
    if let bytes, let text = String(validating: bytes, as: UTF8.self) {
      lines.raw("\":")
      lines.add(text)
    } else if let bytes {
      lines.raw("_base64\":")
      lines.addBase64(bytes)
    } else {
      lines.raw("\":null")
    }
  }
}
