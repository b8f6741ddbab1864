/// One step of a YAML text: a scalar, an alias, or the start or end of something, with the place where it starts.
public struct YamlEvent: Equatable, Sendable {
  public enum Content: Equatable, Sendable {
    case streamStart
    case streamEnd
    case documentStart
    case documentEnd
    /// The name of the anchor that the alias repeats.
    case alias(String)
    /// - Parameter isPlain: whether the scalar is written without quotes and not as a block.
    case scalar(String, isPlain: Bool)
    case sequenceStart
    case sequenceEnd
    case mappingStart
    case mappingEnd
  }

  public let content: Content
  /// The name that the text gives to this scalar, sequence or mapping; nil without one.
  public let anchor: String?
  public let place: YamlPlace

  public init(_ content: Content, anchor: String? = nil, at place: YamlPlace) {
    self.content = content
    self.anchor = anchor
    self.place = place
  }
}
