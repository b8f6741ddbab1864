import Changes
import Redis

/// A key's name with `{concert}` or `{token}` in it, and which keys are of that shape.
public struct KeyTemplate: Equatable, Sendable {
  private enum Piece: Equatable {
    case literal([UInt8])
    case concert
    case token
  }

  private let pieces: [Piece]

  public init(_ text: String) {
    var pieces: [Piece] = []
    var rest = Substring(text)
    while !rest.isEmpty {
      let places = [("{concert}", Piece.concert), ("{token}", .token)].compactMap { name, piece in
        rest.firstRange(of: name).map { ($0, piece) }
      }
      guard let (range, piece) = places.min(by: { $0.0.lowerBound < $1.0.lowerBound }) else { break }
      if range.lowerBound > rest.startIndex { pieces.append(.literal(Array(rest[..<range.lowerBound].utf8))) }
      pieces.append(piece)
      rest = rest[range.upperBound...]
    }
    if !rest.isEmpty { pieces.append(.literal(Array(rest.utf8))) }
    self.pieces = pieces
  }

  /// The pattern as MATCH takes it: what is special there is escaped, and a placeholder may be anything.
  public var glob: RedisArgument {
    RedisArgument(
      pieces.flatMap { piece -> [UInt8] in
        if case .literal(let bytes) = piece { RedisGlob.escaped(bytes) } else { [UInt8(ascii: "*")] }
      })
  }

  /// The text at `{concert}` in a key of this shape, never empty; nil for another key.
  ///
  /// It ends at the first place from which the rest of the key fits.
  public func concert(in key: [UInt8]) -> [UInt8]? {
    var concert: [UInt8]?
    return matches(pieces[...], key[...], &concert) ? concert : nil
  }

  private func matches(_ pieces: ArraySlice<Piece>, _ key: ArraySlice<UInt8>, _ concert: inout [UInt8]?) -> Bool {
    guard let piece = pieces.first else { return key.isEmpty }
    let rest = pieces.dropFirst()
    if case .literal(let bytes) = piece {
      return key.starts(with: bytes) && matches(rest, key.dropFirst(bytes.count), &concert)
    }
    var length = 1
    while length <= key.count {
      if matches(rest, key.dropFirst(length), &concert) {
        if piece == .concert { concert = Array(key.prefix(length)) }
        return true
      }
      length += 1
    }
    return false
  }
}

extension WaitingRoom {
  /// The concerts of a family of queues that have people, or something of usher's own: a concert whose people are all set aside, or that
  /// is paused, has perhaps no other key.
  ///
  /// - Parameters:
  ///   - waiting, active: the keys as configured, with `{concert}` in them.
  ///   - pages: see `KeyTemplate.concerts`.
  public static func concerts(
    waiting: String, active: String, on redis: RedisConnection, pages: Int? = nil
  ) throws -> [String] {
    // The braces of the placeholder are not those of a hash tag.
    let mark = "\u{1}"
    let keys = OwnKeys(
      beside: waiting.split(separator: "{concert}", omittingEmptySubsequences: false).joined(separator: mark))
    let own = ["parked", "paused"].map {
      keys.name($0).split(separator: mark, omittingEmptySubsequences: false).joined(separator: "{concert}")
    }
    return try KeyTemplate.concerts(of: ([waiting, active] + own).map { KeyTemplate($0) }, on: redis, pages: pages)
  }
}

extension KeyTemplate {
  /// The concerts of which any key of these shapes exists, in the order of their bytes, numbers by their size.
  ///
  /// A scan of all keys of the database for each shape. A concert with people on one side only is found too.
  ///
  /// - Parameter pages: of so many pages a scan, each of about a thousand keys, at most.
  static func concerts(
    of templates: [KeyTemplate], on redis: RedisConnection, pages: Int? = nil
  ) throws -> [String] {
    var found: Set<[UInt8]> = []
    for template in templates {
      var scan = redis.scan(match: template.glob)
      var left = pages ?? .max
      while left > 0, let page = try scan.nextPage() {
        left -= 1
        for key in page { if let concert = template.concert(in: key.bytes) { found.insert(concert) } }
      }
    }
    // A name that is not valid text cannot be written on a command line or put into a template.
    return found.compactMap { String(validating: $0, as: UTF8.self) }.sorted {
      if let left = Int($0), let right = Int($1), left != right { return left < right }
      return $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
  }
}
