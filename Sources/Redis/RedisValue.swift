/// A reply, as the server sent it.
public enum RedisValue: Equatable, Sendable {
  case null
  case integer(Int64)
  case bytes([UInt8])
  case status(String)
  case array([RedisValue])
  case error(RedisServerError)
}

/// Accessors that throw and name what was found, so that a surprising reply never traps and is never guessed at.
extension RedisValue {
  /// Text of a string or a status; bytes that are not UTF-8 become U+FFFD.
  public var string: String {
    get throws(RedisError) {
      if case .status(let text) = self { return text }
      return String(decoding: try bytes, as: UTF8.self)
    }
  }

  /// A number, also one that is written as a string (INFO, HGET, a script's tostring).
  public var integer: Int {
    get throws(RedisError) {
      switch self {
      case .integer(let number):
        if let number = Int(exactly: number) { return number }
      case .bytes(let bytes):
        if let number = Int(String(decoding: bytes, as: UTF8.self)) { return number }
      default: break
      }
      throw unexpected("an integer")
    }
  }

  /// A score or another real number; Redis writes infinities as `inf` and `-inf`.
  public var double: Double {
    get throws(RedisError) {
      switch self {
      case .integer(let number): return Double(number)
      case .bytes(let bytes):
        if let number = Double(String(decoding: bytes, as: UTF8.self)) { return number }
      default: break
      }
      throw unexpected("a number")
    }
  }

  public var bytes: [UInt8] {
    get throws(RedisError) {
      guard case .bytes(let bytes) = self else { throw unexpected("a string") }
      return bytes
    }
  }

  public var array: [RedisValue] {
    get throws(RedisError) {
      guard case .array(let elements) = self else { throw unexpected("an array") }
      return elements
    }
  }

  /// Nil for null, else the value itself: `try reply.optional?.string`.
  public var optional: RedisValue? { self == .null ? nil : self }

  /// The elements of an array as they are, in pairs of name and value (HGETALL, ZRANGE … WITHSCORES in RESP2).
  public var pairs: [(RedisValue, RedisValue)] {
    get throws(RedisError) {
      let elements = try array
      guard elements.count.isMultiple(of: 2) else { throw unexpected("pairs") }
      return stride(from: 0, to: elements.count, by: 2).map { (elements[$0], elements[$0 + 1]) }
    }
  }

  /// What it is, without what it holds.
  var kindDescription: String {
    switch self {
    case .null: "nothing"
    case .integer: "an integer"
    case .bytes(let bytes): "a string of \(bytes.count) bytes"
    case .status(let text): "the status \(text.prefix(40))"
    case .array(let elements): "an array of \(elements.count)"
    case .error(let error): "the error \(error.code)"
    }
  }

  private func unexpected(_ wanted: String) -> RedisError {
    if case .error(let error) = self { return RedisError(.server(error)) }
    return RedisError(.unexpectedReply(wanted: wanted, found: kindDescription))
  }
}
