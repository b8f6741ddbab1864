import Arguments

/// The keys of one cache.
struct CacheKeys: SectionKeys {
  static let keys = CacheKeys()

  let help = "Exactly one of `key`, `prefix` and `match` says which Redis keys belong to the cache."

  let key = ConfigurationKey(
    "key", .text("a Redis key"), "This key only. No character in it has a special meaning",
    example: "\"concerts::SimpleKey []\"")
  let prefix = ConfigurationKey(
    "prefix", .text("a text"), "All keys that start with this text. No character in it has a special meaning",
    example: "\"concertOption::\"")
  let match = ConfigurationKey(
    "match", .text("a Redis glob pattern"), "All keys that match this pattern", example: "\"page:*\"")
  let warm = SectionKey(
    "warm", CacheWarmKeys.keys, "How `usher cache warm` fills the cache",
    example: "{ sql: \"SELECT key, value FROM page\" }")
}

/// The keys of a cache's `warm`.
struct CacheWarmKeys: SectionKeys {
  static let keys = CacheWarmKeys()

  let help = "Used by `usher cache warm`."

  let sql = ConfigurationKey(
    "sql", .text("an SQL query"), "Returns a Redis key and its value in each row", isRequired: true,
    example: "SELECT 'page:' || id, body FROM page")
  let ttl = ConfigurationKey(
    "ttl", .duration(.milliseconds(1)...), "The time to live of the keys that usher writes",
    absence: "these keys do not expire", example: "1h")
}
