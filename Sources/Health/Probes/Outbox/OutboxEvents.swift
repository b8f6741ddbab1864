import Outbox
import Text

/// How many events are in which state, and whether they are stuck.
struct OutboxEvents: Probe {
  let check = "backlog"
  let isSummary = true

  /// A minute: what a replay leaves to the service by default, so younger events are on their way.
  private static let warningMilliseconds = 60_000

  func examine(_ outbox: OutboxInDatabase) throws -> [Observation] {
    let counts = try outbox.overview().counts
    let oldest = counts.oldestUnpublishedMilliseconds
    var reason = "\(counts.unpublished.grouped) unpublished"
    if let oldest, counts.unpublished > 0 { reason += ", the oldest for \(Figures.duration(milliseconds: oldest))" }
    reason += ", \(counts.published.grouped) published"
    let figures = [
      Figure("init", .integer(counts.initial)), Figure("published", .integer(counts.published)),
      Figure("fail", .integer(counts.fail)), Figure("retry", .integer(counts.retry)),
      Figure("other", .integer(counts.other)), Figure("oldest_unpublished_ms", .milliseconds(oldest)),
    ]
    guard counts.unpublished > 0, (oldest ?? 0) > Self.warningMilliseconds else {
      return [.ok(reason, figures: figures)]
    }
    return [.warning(reason, advice: "see what would be sent with `usher outbox replay --dry-run`", figures: figures)]
  }
}
