import Arguments

/// The keys of one queue.
struct QueueKeys: SectionKeys {
  static let keys = QueueKeys()

  let help = """
    The preset says in which form the service keeps active users, those that are admitted. The other keys say where it keeps \
    waiting and active users, and what differs from the preset.

    With {concert} in `waiting` and `active`, the entry describes one queue for each concert. These queues are called NAME/CONCERT, \
    and usher finds them with SCAN.
    """

  let preset = ConfigurationKey(
    "preset", .choice(of: QueuePreset.self), "The form in which the service keeps active users", isRequired: true,
    example: "set-ttl")
  let waiting = DefaultedKey<QueuePreset, String>(
    "waiting", .text("a Redis key"), default: { $0.keys.waiting }, "The sorted set of waiting users",
    example: "waiting_tokens")
  let active = DefaultedKey<QueuePreset, String>(
    "active", .text("a Redis key, which contains {token} where each token has its own key"),
    default: { $0.keys.active }, "The key, or the pattern of the keys, of active users", example: "active_tokens")
  // Five minutes: what the service that the presets were taken from gives its users to pick a seat and pay.
  let activeTTL = DefaultedKey(
    "active-ttl", .duration(.seconds(1)...), default: .seconds(300), "How long an admission is valid", example: "10m")
  let capacity = ConfigurationKey(
    "capacity", .integer(1...), "The largest number of users that may be active at the same time",
    absence: "`usher queue admit` needs COUNT, `--fill-to` or `--for`", example: "2100")
  let score = DefaultedKey(
    "score", .choice(of: QueueScore.self), default: .arrivalMilliseconds,
    "The meaning of a waiting user's score. Only an arrival time tells how long a user has waited", example: "arrival-s"
  )
  let waitingTTL = ConfigurationKey(
    "waiting-ttl", .duration(.seconds(1)...),
    "How long a place in the queue is valid, if scores are the expiry of that place. `usher queue issue` needs it then",
    example: "30m")
  let member = DefaultedKey(
    "member", .choice(of: QueueMember.self), default: .token, "The content of a member of the waiting set",
    example: "token:user")
  let tokenPath = ConfigurationKey(
    "token-path", .dottedNames, "Where a JSON member has its token; required for JSON members", example: "data.token")
  let userPath = ConfigurationKey(
    "user-path", .dottedNames, "Where a JSON member has its user", absence: "members name no user",
    example: "data.user.id")
  let activeForm = DefaultedKey<QueuePreset, QueueActiveForm>(
    "active-form", .choice(of: QueueActiveForm.self), default: { $0.activeForm },
    "The form of the store of active users, if it is not the form of the preset", example: "set-expiry")
  let activeMember = DefaultedKey<QueueActiveForm, QueueActiveMember>(
    "active-member", .choice(of: QueueActiveMember.self), default: { $0.member },
    "The part of a waiting member that the store of active users keeps", example: "token")
  let activeScore = DefaultedKey(
    "active-score", .choice(of: QueueActiveScore.self), default: .milliseconds,
    "The unit of the times in the store of active users", example: "s")
  let sideKeys = TextListKey(
    "side-keys", of: "Redis keys that contain {token}",
    "Keys that the service keeps for each user beside the queue. usher deletes them when it removes the user",
    example: "[\"token:info:{token}\"]")
  let waitingCounter = ConfigurationKey(
    "waiting-counter", .text("a Redis key"),
    "The service's own count of waiting users. usher updates it with each change", absence: "there is no such count",
    example: "queue:waiting:count")
  let activeCounter = ConfigurationKey(
    "active-counter", .text("a Redis key"),
    "The service's own count of active users. usher updates it with each change", absence: "there is no such count",
    example: "queue:active:count")
  let pauseKey = ConfigurationKey(
    "pause-key", .text("a Redis key"),
    "A string key that stops the service's own admission while it exists. `usher queue pause` writes it",
    absence: "`usher queue pause` stops only usher's own admissions", example: "queue:paused")
}
