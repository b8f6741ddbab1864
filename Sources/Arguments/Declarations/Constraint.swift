/// A rule about which options and operands go together. Members are written as help shows them: `--fill-to`, `COUNT`.
///
/// `.oneOf("COUNT", "--fill-to")` is shown in the usage line as `(COUNT | --fill-to N)`.
///
/// Judged on what was given, never on defaults.
public enum Constraint: Equatable, Sendable {
  /// At most one of them.
  case atMostOne([String])
  /// Exactly one of them.
  case exactlyOne([String])
  /// At least one of them.
  case atLeastOne([String])
  /// All of them, or none.
  case allOrNone([String])

  public static func exclusive(_ members: String...) -> Constraint { .atMostOne(members) }
  public static func oneOf(_ members: String...) -> Constraint { .exactlyOne(members) }
  public static func someOf(_ members: String...) -> Constraint { .atLeastOne(members) }
  public static func together(_ members: String...) -> Constraint { .allOrNone(members) }

  public var members: [String] {
    switch self {
    case .atMostOne(let members), .exactlyOne(let members), .atLeastOne(let members), .allOrNone(let members): members
    }
  }

  /// How a rule can be broken.
  enum Violation: Equatable {
    /// These exclude each other.
    case several([String])
    /// One of these is needed.
    case noneOf([String], onlyOne: Bool)
    /// These need the others.
    case onlySome([String], missing: [String])
  }

  /// What is wrong when these members were given; nothing when the rule holds.
  func violation(given isGiven: (String) -> Bool) -> Violation? {
    let given = members.filter(isGiven)
    let missing = members.filter { !isGiven($0) }
    switch self {
    case .atMostOne where given.count > 1: return .several(given)
    case .exactlyOne where given.count > 1: return .several(given)
    case .exactlyOne where given.isEmpty: return .noneOf(members, onlyOne: true)
    case .atLeastOne where given.isEmpty: return .noneOf(members, onlyOne: false)
    case .allOrNone where !given.isEmpty && !missing.isEmpty: return .onlySome(given, missing: missing)
    default: return nil
    }
  }
}

extension Constraint {
  var isExclusive: Bool {
    switch self {
    case .atMostOne, .exactlyOne: true
    case .atLeastOne, .allOrNone: false
    }
  }
}
