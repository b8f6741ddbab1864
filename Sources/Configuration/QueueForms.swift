/// What a waiting person's score says, as the file names it.
public enum QueueScore: String, CaseIterable, Sendable {
  case arrivalMilliseconds = "arrival-ms"
  case arrivalSeconds = "arrival-s"
  /// When the place in line ends.
  case expiryMilliseconds = "expiry-ms"
  case expirySeconds = "expiry-s"
  case counter

  var isExpiry: Bool { self == .expiryMilliseconds || self == .expirySeconds }
}

/// What a member of the waiting room is made of.
public enum QueueMember: String, CaseIterable, Sendable {
  case token
  /// The token goes up to the first colon: services make tokens without one, and a user's name may hold any.
  case tokenAndUser = "token:user"
  /// A JSON document with the token and the user at given paths.
  case json
}

/// How the service keeps those who were admitted.
public enum QueueActiveForm: String, CaseIterable, Sendable {
  /// A set whose key has one time to live.
  case setTTL = "set-ttl"
  /// A sorted set scored with each one's expiry.
  case zsetExpiry = "zset-expiry"
  /// A sorted set scored with the time of admission.
  case zsetAdmission = "zset-admission"
  /// A string key each.
  case keyPerToken = "key-per-token"
  /// A set of `token:EXPIRY`.
  case setExpiry = "set-expiry"

  /// What stands there of a person where the file does not say: what services of this form do.
  var member: QueueActiveMember {
    switch self {
    case .setTTL, .zsetExpiry, .zsetAdmission: .member
    case .keyPerToken, .setExpiry: .token
    }
  }
}

/// What of a waiting member stands in the active store.
public enum QueueActiveMember: String, CaseIterable, Sendable {
  /// The whole member, as it waited.
  case member
  /// Its token alone.
  case token
}

/// The unit of the times in the active store.
public enum QueueActiveScore: String, CaseIterable, Sendable {
  case milliseconds = "ms"
  case seconds = "s"
}
