import Arguments
import CBuildInfo
import Kafka
import Postgres
import Redis
import Terminal

/// `usher version`: what this binary is made of.
enum Version: Command {
  /// Semver; what is in it stands in CHANGELOG.md.
  static let number = "0.1.0"

  static let specification = CommandSpecification(
    "version", summary: "Print the version of usher and of its libraries",
    discussion: """
      The versions of the libraries are those that are loaded now. They may differ from those that usher was built with.
      """,
    effect: .reads,
    examples: [
      Example("usher version -o json", "Print the versions for a bug report")
    ])

  struct Info {
    let version = Version.number
    let commit = String(cString: usher_build_commit())
    let swift = Version.swiftVersion
    let libpq = PostgresLibrary.version
    let hiredis = RedisLibrary.version
    let librdkafka = KafkaLibrary.version
  }

  static let fields: [Field<Info>] = [
    Field("version", heading: "usher") { .text($0.version) },
    Field("commit", heading: "commit") { $0.commit.isEmpty ? .null : .text($0.commit) },
    Field("swift", heading: "swift") { .text($0.swift) },
    Field("libpq", heading: "libpq") { .text($0.libpq) },
    Field("hiredis", heading: "hiredis") { .text($0.hiredis) },
    Field("librdkafka", heading: "librdkafka") { .text($0.librdkafka) },
  ]

  static func run(_ values: ParsedValues, _ session: Session) throws {
    try session.print(object: Info(), fields)
  }

  /// The compiler's version, as far as a program can ask for it.
  private static var swiftVersion: String {
    #if compiler(>=6.4)
      "6.4 or newer"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }
}
