/// The side of its column on which a text stands.
public enum Alignment: Sendable {
  case leading, trailing
}
