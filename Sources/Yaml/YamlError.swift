/// The reason why a text is not YAML.
public struct YamlError: Error, Equatable, Sendable {
  /// The parser's own words, for example `found undefined alias`. They never quote the text, which may hold a password.
  public let problem: String
  public let place: YamlPlace

  public init(_ problem: String, at place: YamlPlace) {
    self.problem = problem
    self.place = place
  }
}
