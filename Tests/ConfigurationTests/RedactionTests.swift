import Testing

@testable import Configuration

@Suite("Connection strings without their passwords")
struct RedactionTests {
  static let cases = [
    // URIs of PostgreSQL
    ("postgresql://db/tickets", "postgresql://db/tickets"),
    ("postgresql://app@db:5432/tickets", "postgresql://app@db:5432/tickets"),
    ("postgresql://app:s3cret@db:5432/tickets", "postgresql://app:****@db:5432/tickets"),
    (
      "postgres://app:s3cret@db1:1,db2:2/tickets?sslmode=require",
      "postgres://app:****@db1:1,db2:2/tickets?sslmode=require"
    ),
    (
      "postgres://db/t?user=app&password=s3cret&sslmode=require",
      "postgres://db/t?user=app&password=****&sslmode=require"
    ),
    ("postgres://db/t?sslpassword=s3cret", "postgres://db/t?sslpassword=****"),
    ("postgres://db/t?pass%77ord=s3cret", "postgres://db/t?pass%77ord=****"),
    ("postgres://db/t?PASSWORD=s3cret", "postgres://db/t?PASSWORD=****"),
    ("postgresql:///t?host=/run/pg&password=", "postgresql:///t?host=/run/pg&password=****"),
    ("postgres://app:@db/t", "postgres://app:****@db/t"),
    // Key and value pairs of libpq
    ("", ""),
    ("service=tickets", "service=tickets"),
    ("host=db user=app password=s3cret dbname=t", "host=db user=app password=**** dbname=t"),
    ("password = 's3 cret' host=db", "password = **** host=db"),
    ("password='it\\'s s3cret' host=db", "password=**** host=db"),
    ("password=s3\\ cret host=db", "password=**** host=db"),
    ("password=s3cret=more host=db", "password=**** host=db"),
    ("password='s3cret host=db", "password=****"),
    ("host='a password=b' dbname=t", "host='a password=b' dbname=t"),
    ("host=db\n  PassWord=s3cret", "host=db\n  PassWord=****"),
    ("sslpassword=s3cret sslkey=/k", "sslpassword=**** sslkey=/k"),
    // What libpq cannot read may be a password anywhere.
    ("host=db password s3cret", "****"),
    ("host=db passwrd=s3cret", "****"),
    ("host=db s3cret", "****"),
    ("host=db pw:s3cret", "****"),
    ("host=app:s3cret@db", "host=****"),
    ("postgres://app:s3cret@more@db/t", "postgres://app:****@db/t"),
    ("postgres://app:s3cret/more@db/t", "postgres://app:****@db/t"),
    ("postgres://app:s3cret", "postgres://app:****"),
    ("postgres://db/t?passwrd=s3cret", "postgres://db/t?passwrd=****"),
    ("postgres://db/t?s3cret", "postgres://db/t?****"),
    ("tickets", "tickets"),
    ("host=db options='-c a=b'", "host=db options='-c a=b'"),
    // Redis
    ("redis://cache-1:6379/0", "redis://cache-1:6379/0"),
    ("redis://:s3cret@cache-1:6379/0", "redis://:****@cache-1:6379/0"),
    ("redis://app:s3cret@cache-1", "redis://app:****@cache-1"),
    ("rediss://app:s3:cr@et@cache-1", "rediss://app:****@cache-1"),
    ("redis://:s3/cr?et@cache-1/0", "redis://:****@cache-1/0"),
    ("unix://:s3cret@/run/redis.sock?db=1", "unix://:****@/run/redis.sock?db=1"),
    ("unix:///run/redis.sock?db=1&password=s3cret", "unix:///run/redis.sock?db=1&password=****"),
    ("cache-1:6379", "cache-1:6379"),
    ("app:s3cret@cache-1:6379", "app:****@cache-1:6379"),
    ("/run/redis.sock", "/run/redis.sock"),
    ("redis://s3cret@cache-1", "redis://****@cache-1"),
    ("s3cret@cache-1:6379", "****@cache-1:6379"),
    ("redis://app:s3cret", "redis://app:****"),
    ("unix:///run/redis.sock?pass=s3cret", "unix:///run/redis.sock?pass=****"),
    ("redis://[::1]:6379/0?timeout=1", "redis://[::1]:6379/0?timeout=1"),
    // Kafka
    ("broker-1:9092,broker-2:9092", "broker-1:9092,broker-2:9092"),
    ("SASL_SSL://broker-1:9092,[::1]:9092", "SASL_SSL://broker-1:9092,[::1]:9092"),
    ("sasl://app:s3cret@broker-1:9092,broker-2", "sasl://app:****@broker-1:9092,broker-2"),
    ("s3cret@broker-1:9092", "****@broker-1:9092"),
    ("broker-1:s3cret", "broker-1:****"),
  ]

  /// Whose connection a case is.
  static func store(_ connection: String) -> StoreKind {
    if connection.contains("broker") { return .kafka }
    let isRedis = ["redis", "unix", "/run"].contains { connection.hasPrefix($0) } || connection.contains("cache-1")
    return isRedis ? .redis : .postgres
  }

  @Test("keep everything else", arguments: cases)
  func redacts(_ connection: String, _ expected: String) {
    #expect(Redaction.redacted(connection, Self.store(connection)) == expected)
    #expect(!Redaction.redacted(connection, Self.store(connection)).contains("cret"))
  }

  @Test("are redacted once, and a string may be cut anywhere", arguments: cases)
  func again(_ connection: String, _ expected: String) {
    let store = Self.store(connection)
    for end in connection.indices {
      let once = Redaction.redacted(String(connection[..<end]), store)
      #expect(Redaction.redacted(once, store) == once)
    }
    #expect(Redaction.redacted(expected, store) == expected)
  }

  @Test("made of whatever parts never show the password, and keep host and database")
  func assembled() {
    var random: UInt64 = 20_261_124
    func next(_ choices: [String]) -> String {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return choices[Int(random >> 33) % choices.count]
    }
    for _ in 0..<2_000 {
      let secret = next(["hunter2", "hunt=er2", "hun@ter2", "h:unter2", "hunter2?", "hun/ter2", "hunter2&x=y"])
      let scheme = next(["postgres", "postgresql", "redis", "rediss"])
      let uri = "\(scheme)://\(next(["", "app", "앱"])):\(secret)@\(next(["db-1", "[::1]", "db-1:5432"]))/tickets"
      let redacted = Redaction.redacted(
        uri + next(["", "?sslmode=require", "?application_name=a"]), Self.store(uri))
      #expect(!redacted.contains(secret), "\(uri)")
      #expect(redacted.hasPrefix("\(scheme)://") && redacted.contains("/tickets"), "\(uri)")
      var pairs = [
        "host=db-1", "\(next(["password", "PASSWORD"])) = '\(secret)'", "dbname=tickets",
      ]
      if next(["", "swap"]) == "swap" { pairs.swapAt(0, 1) }
      #expect(
        !Redaction.redacted(pairs.joined(separator: next([" ", "  ", "\n"])), .postgres).contains(secret), "\(pairs)")
    }
  }

  @Test(
    "settings that hold secrets are told by their name",
    arguments: [
      ("sasl.password", true), ("ssl.key.password", true), ("ssl.key.pem", true),
      ("sasl.oauthbearer.client.secret", true),
      ("SASL.PASSWORD", true), ("security.protocol", false), ("ssl.ca.location", false), ("sasl.username", false),
    ])
  func secretNames(_ name: String, _ expected: Bool) { #expect(Redaction.isSecret(name: name) == expected) }

  @Test(
    "a property of the Kafka client is shown only where its name is known to be harmless",
    arguments: [
      ("security.protocol", true), ("sasl.username", true), ("ssl.ca.location", true), ("socket.timeout.ms", true),
      ("message.max.bytes", true), ("sasl.password", false), ("sasl.oauthbearer.config", false), ("bogus.prop", false),
      ("sasl.pasword", false), ("ssl.key.pem", false), ("ssl.keystore.password", false),
      ("sasl.oauthbearer.token.endpoint.url", false),
    ])
  func harmlessProperties(_ name: String, _ expected: Bool) {
    #expect(Redaction.isHarmless(property: name) == expected)
  }
}
