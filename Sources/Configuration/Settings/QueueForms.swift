/// What a waiting user's score means.
public enum QueueScore: String, KeyChoice {
  case arrivalMilliseconds = "arrival-ms"
  case arrivalSeconds = "arrival-s"
  case expiryMilliseconds = "expiry-ms"
  case expirySeconds = "expiry-s"
  case counter

  var meaning: String {
    switch self {
    case .arrivalMilliseconds: "the time of arrival in milliseconds"
    case .arrivalSeconds: "the time of arrival in seconds"
    case .expiryMilliseconds: "the time in milliseconds at which the waiting person expires"
    case .expirySeconds: "the same in seconds"
    case .counter: "a number that only gives the order"
    }
  }

  var isExpiry: Bool { self == .expiryMilliseconds || self == .expirySeconds }
}

/// What a member of the waiting set contains.
public enum QueueMember: String, KeyChoice {
  case token
  case tokenAndUser = "token:user"
  case json

  var meaning: String {
    switch self {
    case .token: "the token"
    // Services make tokens without a colon, and the name of a user may hold any number of them.
    case .tokenAndUser: "the token up to the first colon, then the user"
    case .json: "a JSON document with the token at `token-path`"
    }
  }
}

/// The form in which the service keeps active users.
public enum QueueActiveForm: String, KeyChoice {
  case setTTL = "set-ttl"
  case zsetExpiry = "zset-expiry"
  case zsetAdmission = "zset-admission"
  case keyPerToken = "key-per-token"
  case setExpiry = "set-expiry"

  var meaning: String {
    switch self {
    case .setTTL: "a set, with one time to live for the whole key"
    case .zsetExpiry: "a sorted set, scored with the expiry of each user"
    case .zsetAdmission: "a sorted set, scored with the time of each admission"
    case .keyPerToken: "a string key for each token, with its own time to live"
    case .setExpiry: "a set of TOKEN:EXPIRY"
    }
  }

  /// What services of this form keep of a member.
  var member: QueueActiveMember {
    switch self {
    case .setTTL, .zsetExpiry, .zsetAdmission: .member
    case .keyPerToken, .setExpiry: .token
    }
  }
}

/// The part of a waiting member that the store of active users keeps.
public enum QueueActiveMember: String, KeyChoice {
  case member
  case token

  var meaning: String {
    switch self {
    case .member: "the whole member"
    case .token: "the token only"
    }
  }
}

/// The unit of the times in the store of active users.
public enum QueueActiveScore: String, KeyChoice {
  case milliseconds = "ms"
  case seconds = "s"

  var meaning: String {
    switch self {
    case .milliseconds: "milliseconds"
    case .seconds: "seconds"
    }
  }
}
