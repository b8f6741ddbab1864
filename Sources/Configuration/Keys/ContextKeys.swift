/// The keys of one context.
struct ContextKeys: SectionKeys {
  static let keys = ContextKeys()

  let help = """
    If `--context` or USHER_CONTEXT selects a context, a store that the context does not name is not configured: usher does not \
    take it from DATABASE_URL, REDIS_URL, libpq's variables or the sandbox.
    """

  let postgres = ConfigurationKey(
    StoreKind.postgres.rawValue, .text("a libpq connection string, a postgresql:// URI, or service=NAME"),
    "The PostgreSQL database. Put the password into .pgpass or into the service file", example: "service=tickets")
  let redis = ConfigurationKey(
    StoreKind.redis.rawValue, .text("redis://user:password@host:port/db, unix:///path, or host:port"),
    "The Redis server", example: "redis://cache-1.example:6379/0")
  let kafka = ConfigurationKey(
    StoreKind.kafka.rawValue, .text("host:port, several separated by commas"),
    "The Kafka brokers to connect to first", example: "broker-1.example:9092,broker-2.example:9092")
  let kafkaProperties = TextMapKey(
    "kafka-properties", of: "librdkafka property names",
    "Further properties of the Kafka client, such as security.protocol", example: "{ security.protocol: SASL_SSL }")
  let protected = DefaultedKey(
    "protected", .boolean, default: false,
    "Whether each change needs `--confirm` with the name of the context, and `--reason`", example: "true")
  let completion = DefaultedKey<Bool, Bool>(
    "completion", .boolean, default: { isProtected in !isProtected }, words: "true, or false in a protected context",
    "Whether shell completion may ask the stores for names", example: "false")
}
