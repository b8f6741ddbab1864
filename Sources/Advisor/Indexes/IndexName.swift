/// The name that PostgreSQL would give an index: `seat_status_concert_option_id_idx`.
///
/// Source: ChooseIndexName and makeObjectName in src/backend/commands/indexcmds.c
enum IndexName {
  /// The length of an identifier at most, in bytes.
  private static let limit = 63

  /// The `attempt`th choice; the first is 0.
  static func choose(table: String, columns: [String], attempt: Int) -> String {
    let label = attempt == 0 ? "idx" : "idx\(attempt)"
    let names = columns.joined(separator: "_")
    let room = limit - label.utf8.count - 2
    // Bytes are taken from the longer of the two first. Then only whole characters are kept.
    var (tableBytes, namesBytes) = (table.utf8.count, names.utf8.count)
    while tableBytes + namesBytes > room {
      if tableBytes > namesBytes { tableBytes -= 1 } else { namesBytes -= 1 }
    }
    return "\(clip(table, tableBytes))_\(clip(names, namesBytes))_\(label)"
  }

  /// As many whole code points as fit into `bytes`.
  private static func clip(_ text: String, _ bytes: Int) -> String {
    var clipped = ""
    var left = bytes
    for scalar in text.unicodeScalars {
      left -= UTF8.width(scalar)
      if left < 0 { break }
      clipped.unicodeScalars.append(scalar)
    }
    return clipped
  }
}
