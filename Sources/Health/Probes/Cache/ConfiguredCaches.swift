import Caching
import Redis

/// The configured caches on their server.
struct ConfiguredCaches {
  let redis: RedisConnection
  let definitions: [CacheDefinition]
}
