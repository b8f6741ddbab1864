import Caching
import Text

/// How many entries each configured cache has: one walk over the keys for all caches with a prefix or a pattern.
struct CacheKeys: Probe {
  let check = "keys"
  let isSummary = true

  func examine(_ caches: ConfiguredCaches) throws -> [Observation] {
    let survey = CacheSurvey(caches.redis, isInterrupted: caches.redis.options.isInterrupted)
    return try survey.take(of: caches.definitions).map { summary in
      .ok(summary.keys.counted("key"), figures: [Figure("keys", .integer(summary.keys))])
        .of(subject: summary.definition.name)
    }
  }
}
