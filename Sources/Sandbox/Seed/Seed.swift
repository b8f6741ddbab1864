import Failures
import Postgres
import Redis
import Text

/// Fills empty stores with a ticket sale.
public enum Seed {
  /// Refuses stores that hold anything under the names that the sale uses: a seed never mixes with real data.
  public static func check(_ postgres: PostgresConnection, _ redis: RedisConnection) throws {
    guard try Schema.plan(postgres).pending.isEmpty else {
      throw Failure(
        .failed, "\(postgres.target) lacks the tables of the ticket sale", hints: ["usher schema apply"])
    }
    let filled = try Migration.all.flatMap(\.tables).filter { table in
      try postgres.query("SELECT EXISTS (SELECT FROM \(PostgresConnection.quoteIdentifier(table))) AS filled")
        .first?.decode("filled", as: Bool.self) == true
    }
    guard filled.isEmpty else {
      throw Failure(
        .refused, "will not seed \(postgres.target), which already has rows",
        causes: ["not empty: \(filled.joined(separator: ", "))"], hints: ["usher sandbox reset"])
    }
    let keys = [SaleKeys.waiting, SaleKeys.active, SaleKeys.concerts, SaleKeys.options(concert: 0)]
    guard try redis.command(["EXISTS"] + keys).integer == 0 else {
      throw Failure(
        .refused, "will not seed \(redis.target), which already has keys of a ticket sale",
        causes: ["found at least one of: \(keys.map { "'\($0.text)'" }.joined(separator: ", "))"],
        hints: ["usher sandbox reset"])
    }
  }

  /// Writes the sale and runs its typical queries.
  ///
  /// The tables are filled in one transaction: a seed that is killed leaves them empty.
  /// - Parameter progress: gets what is being done, in a few words.
  public static func apply(
    _ sale: TicketSale, _ postgres: PostgresConnection, _ redis: RedisConnection,
    isInterrupted: () -> Bool = { false }, progress: (String) -> Void = { _ in }
  ) throws {
    try postgres.withTimeouts(statement: nil, lock: .seconds(10)) {
      try postgres.transaction {
        for table in sale.tables {
          progress("filling \(table.name) (\(table.count.grouped) rows)")
          _ = try postgres.copyIn(table.copyStatement) { writer in
            try table.write { bytes in
              if isInterrupted() { throw Failure(.interrupted, "interrupted; the tables are empty as before") }
              try writer.write(bytes)
            }
          }
          try postgres.execute(
            "SELECT setval(pg_get_serial_sequence($1, 'id'), $2)", [.init(table.name), .init(table.count)])
        }
      }
      progress("gathering statistics")
      for table in sale.tables { try postgres.executeAlone("VACUUM (ANALYZE) \(table.name)") }
    }
    progress("filling Redis")
    try fill(redis, sale.redisCommands())
    progress("running the sale's queries")
    try postgres.withTimeouts(statement: nil, lock: .seconds(10)) { try SaleQueries.run(sale, postgres) }
  }

  private static func fill(_ redis: RedisConnection, _ commands: [[RedisArgument]]) throws {
    for start in stride(from: 0, to: commands.count, by: 200) {
      for reply in try redis.pipeline(Array(commands[start..<min(start + 200, commands.count)])) {
        if case .error(let error) = reply {
          throw Failure(.failed, "cannot fill Redis at \(redis.target)", causes: ["\(error)"])
        }
      }
    }
  }
}
