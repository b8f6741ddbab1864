/// The keys that one operation means: some by their exact bytes, others by pattern.
public struct KeySelection: Equatable, Sendable {
  /// Each once, in the order in which they were named.
  public let keys: [[UInt8]]
  public let patterns: [KeyGlob]
  /// The caches that it was made from, by name; empty for keys and patterns named by hand.
  public let caches: [String]
  let warmableCaches: [String]

  public init(keys: [[UInt8]] = [], patterns: [KeyGlob] = []) {
    self.keys = keys.withoutRepetitions()
    self.patterns = patterns.withoutRepetitions()
    caches = []
    warmableCaches = []
  }

  public init(caches: [CacheDefinition]) {
    keys = caches.flatMap(\.keys).withoutRepetitions()
    patterns = caches.flatMap(\.patterns).withoutRepetitions()
    self.caches = caches.map(\.name)
    warmableCaches = caches.filter { $0.warming != nil }.map(\.name)
  }

  /// What the server is asked to filter by: its own matching is cheaper than sending every key, but takes one pattern.
  var serverPattern: KeyGlob? { patterns.count == 1 ? patterns[0] : nil }

  /// Whether a pattern takes the key; exact keys are not asked.
  func patternsMatch(_ key: UnsafeRawBufferPointer) -> Bool {
    patterns.contains { $0.matches(key) }
  }
}
