/// A set of connections under one name, such as `production` or `staging`.
public struct ContextSettings: Equatable, Sendable {
  public let name: String
  public let place: Place
  public let postgres: Sourced<String>?
  public let redis: Sourced<String>?
  public let kafka: Sourced<String>?
  /// Properties of the Kafka client beyond the brokers, by librdkafka's names: `security.protocol`.
  public let kafkaProperties: [String: Sourced<String>]
  /// Whether changes need `--confirm` and `--reason`; nil where the file does not say.
  public let isProtected: Sourced<Bool>?
  /// Whether shell completion may ask the stores; nil where the file does not say.
  public let answersCompletion: Sourced<Bool>?

  init(_ member: Tree.Member, problems: ProblemList) {
    name = member.key
    place = member.keyPlace
    let section = SectionReader(
      member.value, ContextKeys.keys, subject: "context '\(name)'", context: name, problems: problems)
    postgres = section.value(\.postgres)
    redis = section.value(\.redis)
    kafka = section.value(\.kafka)
    kafkaProperties = section.texts(\.kafkaProperties)
    isProtected = section.value(\.protected)
    answersCompletion = section.value(\.completion)
  }

  /// Whether the context is protected, by the file or by default.
  var protects: Bool { isProtected?.value ?? ContextKeys.keys.protected.standard }
}
