/// The settings whose values may be shown. Any other name may be a misspelt password.
extension Redaction {
  static func isHarmless(parameter name: String, _ store: StoreKind) -> Bool {
    switch store {
    case .postgres: libpqKeywords.contains(name.lowercased())
    case .redis: redisParameters.contains(name.lowercased())
    case .kafka: false
    }
  }

  /// Whether the value of a property of the Kafka client may be shown: properties that hold places, times and sizes.
  static func isHarmless(property: String) -> Bool {
    let name = property.lowercased()
    guard !isSecret(name: name) else { return false }
    return kafkaProperties.contains(name)
      || ["socket.", "queue.buffering.", "broker.address.", "compression.", "topic.metadata.", "reconnect."]
        .contains { name.hasPrefix($0) }
      || [".location", ".timeout.ms", ".max.age.ms", ".interval.ms", ".max.bytes"].contains { name.hasSuffix($0) }
  }

  /// All keywords of libpq except those that hold secrets, and JDBC's `ssl`, which libpq accepts in a URI.
  ///
  /// Source: https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-PARAMKEYWORDS
  private static let libpqKeywords: Set<String> = [
    "application_name", "channel_binding", "client_encoding", "connect_timeout", "dbname", "fallback_application_name",
    "gssdelegation", "gssencmode", "gsslib", "host", "hostaddr", "keepalives", "keepalives_count", "keepalives_idle",
    "keepalives_interval", "krbsrvname", "load_balance_hosts", "max_protocol_version", "min_protocol_version",
    "oauth_client_id", "oauth_issuer", "oauth_scope", "options", "passfile", "port", "replication", "require_auth",
    "requirepeer", "requiressl", "service", "servicefile", "ssl", "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert", "sslcertmode", "sslcompression", "sslcrl", "sslcrldir", "sslkey", "sslmode", "sslnegotiation",
    "sslrootcert", "sslsni", "target_session_attrs", "tcp_user_timeout", "user",
  ]

  /// The parameters that `RedisTarget` accepts.
  private static let redisParameters: Set<String> = [
    "client_name", "clientname", "database", "db", "protocol", "timeout",
  ]

  /// Source: librdkafka, CONFIGURATION.md.
  private static let kafkaProperties: Set<String> = [
    "acks", "allow.auto.create.topics", "api.version.request", "batch.size", "bootstrap.servers", "client.dns.lookup",
    "client.id", "client.rack", "debug", "delivery.timeout.ms", "enable.idempotence",
    "enable.ssl.certificate.verification", "group.id", "linger.ms", "log_level", "max.in.flight",
    "max.in.flight.requests.per.connection", "message.send.max.retries", "metadata.broker.list", "partitioner",
    "retries", "retry.backoff.ms", "sasl.kerberos.keytab", "sasl.kerberos.principal", "sasl.kerberos.service.name",
    "sasl.mechanism", "sasl.mechanisms", "sasl.oauthbearer.method", "sasl.username", "security.protocol",
    "ssl.cipher.suites", "ssl.curves.list", "ssl.endpoint.identification.algorithm", "ssl.providers",
    "ssl.sigalgs.list",
  ]
}
