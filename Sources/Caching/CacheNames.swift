import Failures

/// The configured caches by name.
public struct CacheNames: Sendable {
  public let definitions: [CacheDefinition]

  public init(_ definitions: [CacheDefinition]) {
    self.definitions = definitions
  }

  /// The definitions of these names, each once; an unknown name is refused with the nearest one and the whole list.
  public func find(_ names: [String]) throws -> [CacheDefinition] {
    try names.withoutRepetitions().map { name in
      if let definition = definitions.first(where: { $0.name == name }) { return definition }
      throw unknown(name)
    }
  }

  private func unknown(_ name: String) -> Failure {
    var hints: [String] = []
    if let near = nearest(to: name) { hints.append("did you mean \"\(near)\"?") }
    if definitions.isEmpty {
      hints.append("no cache is configured; describe them under `caches:` in the config file")
    } else {
      hints.append("configured caches: \(definitions.map(\.name).joined(separator: ", "))")
    }
    return Failure(.usage, "unknown cache \"\(name)\"", hints: hints)
  }

  /// The configured name within a third of its length in edits.
  private func nearest(to name: String) -> String? {
    let ranked = definitions.map { (name: $0.name, distance: CacheNames.distance($0.name, name)) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, name.count / 3) ? best.name : nil
  }

  /// Edits (insert, delete, replace) from one to the other, letter case ignored.
  private static func distance(_ one: String, _ other: String) -> Int {
    let one = Array(one.lowercased())
    let other = Array(other.lowercased())
    var row = Array(0...other.count)
    for (index, character) in one.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for position in other.indices {
        let replaced = diagonal + (other[position] == character ? 0 : 1)
        diagonal = row[position + 1]
        row[position + 1] = min(replaced, min(diagonal, row[position]) + 1)
      }
    }
    return row[other.count]
  }
}
