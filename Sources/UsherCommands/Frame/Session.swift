import Advisor
import Arguments
import Changes
import Configuration
import Failures
import Health
import Kafka
import Postgres
import Redis
import Terminal

/// One invocation: its arguments, streams, settings, and connections that are opened at their first use.
public final class Session {
  let values: ParsedValues
  /// The command line for the history, as typed.
  let commandLine: String
  let environment: [String: String]
  let output: OutputStream
  let errors: OutputStream
  let format: OutputFormat
  let isQuiet: Bool
  let verbosity: Int
  let actor: Actor

  private var loadedConfiguration: Configuration?
  private var resolvedContext: ResolvedContext?
  private var openPostgres: PostgresConnection?
  private var openRedis: RedisConnection?

  public init(
    values: ParsedValues, commandLine: String, environment: [String: String], output: OutputStream,
    errors: OutputStream, actor: Actor
  ) {
    self.values = values
    self.commandLine = commandLine
    self.environment = environment
    self.output = output
    self.errors = errors
    self.actor = actor
    format = OutputFormat(rawValue: values[GlobalOptions.output]) ?? .table
    isQuiet = values[GlobalOptions.quiet]
    verbosity = values[GlobalOptions.verbose]
  }

  // MARK: Printing

  /// Prints records as a table, a JSON array, JSON lines or CSV.
  func print<Row>(_ rows: some Sequence<Row>, _ fields: [Field<Row>]) throws {
    try output.render(rows, fields, format: format)
  }

  /// Prints one record.
  func print<Row>(object row: Row, _ fields: [Field<Row>]) throws {
    try output.renderObject(row, fields, format: format)
  }

  // A message on standard error that cannot be written does not end the command.

  /// Prints a message on standard error; nothing with `--quiet`.
  func note(_ text: String) {
    if !isQuiet { try? errors.writeText(text) }
  }

  /// Prints a warning on standard error, also with `--quiet`.
  func warn(_ text: String) {
    try? errors.writeText(text, lead: "warning: ", leadStyle: .yellow)
  }

  /// Prints a step on standard error if `-v` is given.
  func trace(_ text: String) {
    if verbosity > 0 { try? errors.writeText(text, style: .dim) }
  }

  // MARK: Settings

  /// The content of the config files, also if it has mistakes.
  func configuration() throws -> Configuration {
    if let loadedConfiguration { return loadedConfiguration }
    let loaded = try SettingsLoader.load(values: values, environment: environment)
    loadedConfiguration = loaded
    return loaded
  }

  /// The stores, queues, caches and outbox of this invocation; throws if the settings are wrong.
  func context() throws -> ResolvedContext {
    if let resolvedContext { return resolvedContext }
    let resolved = try configuration().resolve()
    resolvedContext = resolved
    return resolved
  }

  // MARK: Stores

  /// The PostgreSQL connection of this invocation.
  ///
  /// - Parameter limit: limits every wait on the connection, also later ones; without it, commands have their own limits.
  func postgres(within limit: TimeLimit? = nil) throws -> PostgresConnection {
    if let openPostgres { return openPostgres }
    let connection = try newPostgres(within: limit)
    openPostgres = connection
    return connection
  }

  /// Another PostgreSQL connection, for use while a statement runs on the first one.
  ///
  /// - Parameter isMarked: whether its statements are usher's own, so that `query slow` leaves them out.
  func newPostgres(isMarked: Bool = true, within limit: TimeLimit? = nil) throws -> PostgresConnection {
    let source = try context().require(.postgres)
    trace("connecting to PostgreSQL, from \(source.origin)")
    return try PostgresConnection(
      PostgresTarget(source.value),
      options: PostgresOptions(
        statementMark: isMarked ? SlowQueries.mark : nil,
        isInterrupted: { Interruption.shouldAbandonWaiting || limit?.isOver == true }))
  }

  /// The Redis connection of this invocation.
  ///
  /// - Parameter limit: limits every wait on the connection, also later ones; without it, commands have their own limits.
  func redis(within limit: TimeLimit? = nil) throws -> RedisConnection {
    if let openRedis { return openRedis }
    let source = try context().require(.redis)
    trace("connecting to Redis, from \(source.origin)")
    let connection = try RedisConnection(
      try RedisTarget(source.value),
      options: RedisOptions(
        isInterrupted: { Interruption.shouldAbandonWaiting },
        isAbandoned: { Interruption.isForced || limit?.isOver == true }))
    openRedis = connection
    return connection
  }

  func kafka() throws -> KafkaTarget {
    let source = try context().require(.kafka)
    trace("using Kafka, from \(source.origin)")
    // librdkafka would ignore everything before the @, and every message would show the password.
    guard !source.value.contains("@") else {
      throw Failure(
        .configuration, "the Kafka brokers of \(source.origin) contain a user or a password",
        hints: ["write host:port, and put sasl.username and sasl.password into kafka-properties of a context"])
    }
    return KafkaTarget(source.value, properties: try context().kafkaProperties.mapValues(\.value))
  }

  func redisJournal() throws -> RedisJournal { RedisJournal(try redis(), actor: actor) }
  func postgresJournal() throws -> PostgresJournal { PostgresJournal(try postgres(), actor: actor) }
}
