extension KeyGlob {
  /// One step of a pattern.
  enum Token: Equatable, Sendable {
    case byte(UInt8)
    case anyByte
    case oneOf(ByteSet)
    case star

    /// Whether this step takes the byte; a star is the matcher's business.
    @inline(__always)
    func accepts(_ byte: UInt8) -> Bool {
      switch self {
      case .byte(let expected): expected == byte
      case .anyByte: true
      case .oneOf(let set): set.contains(byte)
      case .star: false
      }
    }
  }
}

/// A set of byte values, one bit each.
struct ByteSet: Equatable, Sendable {
  private var words = SIMD4<UInt64>()

  func contains(_ byte: UInt8) -> Bool {
    words[Int(byte >> 6)] & (1 << UInt64(byte & 63)) != 0
  }

  mutating func insert(_ byte: UInt8) {
    words[Int(byte >> 6)] |= 1 << UInt64(byte & 63)
  }

  mutating func invert() {
    words = ~words
  }
}

/// Reads a pattern into tokens, left to right, as the server scans it.
struct GlobReader {
  private let pattern: [UInt8]
  private var position = 0

  init(_ pattern: [UInt8]) {
    self.pattern = pattern
  }

  private var remaining: Int { pattern.count - position }

  private func isAt(_ character: Unicode.Scalar) -> Bool {
    remaining > 0 && pattern[position] == UInt8(ascii: character)
  }

  consuming func tokens() -> [KeyGlob.Token] {
    var tokens: [KeyGlob.Token] = []
    while remaining > 0 {
      if isAt("*") {
        if tokens.last != .star { tokens.append(.star) }
        position += 1
      } else if isAt("?") {
        tokens.append(.anyByte)
        position += 1
      } else if isAt("[") {
        tokens.append(.oneOf(byteClass()))
      } else {
        if isAt("\\"), remaining >= 2 { position += 1 }
        tokens.append(.byte(pattern[position]))
        position += 1
      }
    }
    return tokens
  }

  /// The class at the position, which moves behind its `]`, or to the end of the pattern where there is none.
  private mutating func byteClass() -> ByteSet {
    position += 1
    let isNegated = isAt("^")
    if isNegated { position += 1 }
    var set = ByteSet()
    while remaining > 0, !isAt("]") {
      if isAt("\\"), remaining >= 2 {
        set.insert(pattern[position + 1])
        position += 2
      } else if remaining >= 3, pattern[position + 1] == UInt8(ascii: "-") {
        insertRange(from: pattern[position], to: pattern[position + 2], into: &set)
        position += 3
      } else {
        set.insert(pattern[position])
        position += 1
      }
    }
    position += 1
    if isNegated { set.invert() }
    return set
  }

  /// Both ends included, in either order, compared as the C `char` of the server's usual platform: signed.
  private func insertRange(from one: UInt8, to other: UInt8, into set: inout ByteSet) {
    let ends = [Int8(bitPattern: one), Int8(bitPattern: other)].sorted()
    for value in ends[0]...ends[1] { set.insert(UInt8(bitPattern: value)) }
  }
}
