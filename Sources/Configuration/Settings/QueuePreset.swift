/// The forms of most waiting rooms, with the keys that services of each form use.
public enum QueuePreset: String, KeyChoice {
  case setTTL = "set-ttl"
  case zsetExpiry = "zset-expiry"
  case keyPerToken = "key-per-token"
  case proceedZset = "proceed-zset"

  /// What the manual says of it.
  var meaning: String {
    switch self {
    case .setTTL: "a set, with one time to live for the whole key"
    case .zsetExpiry: "a sorted set, scored with the expiry of each user"
    case .keyPerToken: "a string key for each token, with its own time to live"
    case .proceedZset: "a sorted set for each concert, scored with the time of each admission"
    }
  }

  /// The keys where the file gives none.
  var keys: (waiting: String, active: String) {
    switch self {
    case .setTTL, .zsetExpiry: ("waiting_tokens", "active_tokens")
    case .keyPerToken: ("waiting_tokens", "active_token:{token}")
    case .proceedZset: ("users:queue:{concert}:wait", "users:queue:{concert}:proceed")
    }
  }

  /// The form of the store of active users where the file gives none.
  var activeForm: QueueActiveForm {
    switch self {
    case .setTTL: .setTTL
    case .zsetExpiry: .zsetExpiry
    case .keyPerToken: .keyPerToken
    case .proceedZset: .zsetAdmission
    }
  }
}
