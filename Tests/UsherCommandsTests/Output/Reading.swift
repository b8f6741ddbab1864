/// A command that only reads, as it is tried in every format.
struct Reading: Sendable {
  var words: [String]
  /// Whether it prints one record instead of a list.
  var isObject = false

  init(_ words: String..., isObject: Bool = false) {
    self.words = words
    self.isObject = isObject
  }

  static let all = [
    Reading("queue", "status"), Reading("cache", "list"), Reading("cache", "list", "--sample"),
    Reading("query", "slow", "--limit", "3"), Reading("query", "explain", "--sql", "SELECT 1", isObject: true),
    Reading("index", "list"), Reading("index", "list", "--table", "seat"), Reading("outbox", "status", isObject: true),
    Reading("outbox", "status", "--by-type"), Reading("status"), Reading("doctor"), Reading("history"),
    Reading("config", "show"), Reading("config", "path"), Reading("config", "check"),
    Reading("version", isObject: true), Reading("sandbox", "status"),
  ]
}
