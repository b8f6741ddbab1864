/// What part of the service a finding is about; the raw value stands in JSON.
public enum Area: String, CaseIterable, Sendable {
  case configuration = "config"
  case postgres
  case outbox
  case redis
  case queue
  case cache
  case kafka

  /// Whether the area has several subjects, each with a name from the configuration.
  var hasNamedSubjects: Bool { self == .queue || self == .cache }
}
