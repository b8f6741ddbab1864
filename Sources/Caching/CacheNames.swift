import Failures
import Text

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
    if let near = Spelling.nearest(to: name, among: definitions.map(\.name)).first {
      hints.append("did you mean '\(near)'?")
    }
    if definitions.isEmpty {
      hints.append("no cache is configured; describe them under `caches:` in the config file")
    } else {
      hints.append("configured caches: \(definitions.map(\.name).joined(separator: ", "))")
    }
    return Failure(.usage, "unknown cache '\(name)'", hints: hints)
  }
}
