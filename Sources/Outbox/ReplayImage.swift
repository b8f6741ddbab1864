import Failures
import Postgres

/// The before-image of one batch: what its rows were, and all that is needed to put it back without the configuration.
struct ReplayImage {
  /// JSON: where the rows are, how they were marked, and their ids grouped by what they were.
  let content: String
  /// What the published column was set to, as text.
  let publishedAt: String?

  private struct Former: Hashable {
    let status: String
    let published: String?
  }

  init(_ table: OutboxTable, _ events: [LockedEvent], publishedAt: String?) {
    self.publishedAt = publishedAt
    var bytes: [UInt8] = []
    bytes.reserveCapacity(events.count * 16 + 512)
    let columns = table.mapping.columns
    let head: [(String, String?)] = [
      ("table", table.quotedName), ("id", columns.id), ("status", columns.status), ("created", columns.created),
      ("published", columns.published), ("mark", table.mapping.statuses.published), ("at", publishedAt),
    ]
    for (name, value) in head {
      bytes += (bytes.isEmpty ? "{" : ",").utf8
      JSON.append(name, to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      JSON.append(value, to: &bytes)
    }
    bytes += ",\"groups\":[".utf8
    let groups = Dictionary(grouping: events) { Former(status: $0.status, published: $0.published) }
    for (index, (former, members)) in groups.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes += "{\"status\":".utf8
      JSON.append(former.status, to: &bytes)
      bytes += ",\"published\":".utf8
      JSON.append(former.published, to: &bytes)
      bytes += ",\"ids\":[".utf8
      for (place, event) in members.enumerated() {
        if place > 0 { bytes.append(UInt8(ascii: ",")) }
        JSON.append(event.id, to: &bytes)
      }
      bytes += "]}".utf8
    }
    bytes += "]}".utf8
    content = String(decoding: bytes, as: UTF8.self)
  }
}
