import Failures
import Postgres
import Text

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

  /// A name that somebody typed, as SQL reads it: folded to lower case unless it is quoted, and with the table's schema or none.
  static func parse(_ word: String, for table: TableFacts, on connection: PostgresConnection) throws -> String {
    let parts: [String]
    do throws(PostgresError) {
      parts = try connection.query("SELECT parse_ident($1) AS parts", [PostgresValue(word)])[0].decode("parts")
    } catch {
      guard error.problem == .statement else { throw error }
      throw Failure(
        .usage, "'\(word)' is not a name in SQL", causes: [error.message],
        hints: ["put a name with other characters into double quotes: --name '\"My Index\"'"])
    }
    guard let name = parts.last, parts.count <= 2 else {
      throw Failure(.usage, "'\(word)' is not a name in SQL, but has \(parts.count.counted("part"))")
    }
    if parts.count == 2, parts[0] != table.schema {
      throw Failure(
        .usage, "an index is in the schema of its table, and '\(table.title)' is not in schema '\(parts[0])'",
        hints: ["leave the schema out: --name \(name)"])
    }
    // The server would cut it with only a notice.
    let length = name.utf8.count
    guard length <= limit else {
      throw Failure(
        .usage, "the name '\(name)' has \(length) bytes, and a name in PostgreSQL has at most \(limit)")
    }
    return name
  }
}
