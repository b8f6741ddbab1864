/// A set of stores under one name, as kubectl has contexts: `production`, `staging`.
public struct ContextSettings: Equatable, Sendable {
  public let name: String
  public let place: Place
  public let postgres: Sourced<String>?
  public let redis: Sourced<String>?
  public let kafka: Sourced<String>?
  /// Settings of the Kafka client beyond the brokers, under its own names: `security.protocol`.
  public let kafkaProperties: [String: Sourced<String>]
  /// Whether changes need `--confirm` and `--reason`.
  public let isProtected: Sourced<Bool>?
  /// Whether a shell that completes a name may ask the stores; without it, those of unprotected contexts.
  public let answersCompletion: Sourced<Bool>?

  init(_ member: Tree.Member, problems: ProblemList) {
    name = member.key
    place = member.keyPlace
    var section = SectionReader(
      member.value, subject: "context \"\(name)\"", context: name, problems: problems)
    postgres = section.text("postgres")
    redis = section.text("redis")
    kafka = section.text("kafka")
    kafkaProperties = section.texts("kafka-properties", subject: "kafka-properties of context \"\(name)\"")
    isProtected = section.boolean("protected")
    answersCompletion = section.boolean("completion")
    section.finish()
  }
}
