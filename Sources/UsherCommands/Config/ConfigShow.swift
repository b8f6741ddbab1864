import Arguments
import Configuration
import Failures
import Postgres
import Terminal

/// `usher config show`: the settings in force, and where each comes from.
enum ConfigShow: Command {
  static let specification = CommandSpecification(
    "show", summary: "Show the settings in force and their origins",
    discussion: """
      Lists the connections, queues, caches and the outbox mapping that a command with the same options would use, each with \
      its origin: an option, a variable, a line of a file, a preset, or the running sandbox. It does not connect to any \
      store, and never shows passwords.

      For PostgreSQL the host, port, database and user are those that libpq would use, according to its service files, \
      variables and defaults.
      """,
    effect: .reads,
    examples: [
      Example("usher config show", "Show which stores a command would use, and why"),
      Example("usher config show --context staging", "Show the same for another context"),
    ],
    seeAlso: ["config check", "config path", "doctor"])

  static let fields: [Field<ConfigurationEntry>] = [
    Field("setting", heading: "setting", giving: .never) { .text($0.name) },
    Field("origin", heading: "origin", giving: .middle, rank: 1, least: 16) { .text($0.origin?.description) },
    // The last column, because a query that warms a cache is long.
    Field("value", heading: "value", giving: .wraps, rank: 2) { .text($0.value) },
  ]

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let context = try session.context()
    var entries = context.entries
    if let postgres = context.postgres, let place = entries.firstIndex(where: { $0.name == "postgres" }) {
      do {
        entries.insert(contentsOf: try destination(postgres), at: place + 1)
      } catch {
        // The settings are shown even if libpq cannot read the connection string.
        session.warn(([error.failure.message] + error.failure.causes).joined(separator: ": "))
      }
    }
    try session.print(entries, fields)
  }

  /// The server and database of a connection, each value with its origin.
  private static func destination(_ postgres: Sourced<String>) throws(PostgresError) -> [ConfigurationEntry] {
    let found = try PostgresDestination(of: PostgresTarget(postgres.value))
    let values = [
      ("host", found.host), ("hostaddr", found.address), ("port", found.port), ("database", found.database),
      ("user", found.user),
    ]
    return values.compactMap { name, value in
      guard let value else { return nil }
      let origin: Origin =
        switch value.source {
        case .given: postgres.origin
        case .variable(let name): .variables([name])
        case .service(let name): .service(name)
        case .defaulted: .libpq
        }
      return ConfigurationEntry("postgres.\(name)", Sourced(value.text, origin))
    }
  }
}
