import Testing

@testable import Configuration

@Suite("The layout of a queue in the file")
struct QueueFormTests {
  private func queue(_ text: String) throws -> QueueSettings {
    try #require(try Fixture.load("queues: { q: { \(text) } }").resolve().queues["q"])
  }

  @Test("is the preset's where the file is silent, and says so")
  func presets() throws {
    let forms: [(String, QueueActiveForm, QueueActiveMember)] = [
      ("set-ttl", .setTTL, .member), ("zset-expiry", .zsetExpiry, .member), ("key-per-token", .keyPerToken, .token),
      ("proceed-zset", .zsetAdmission, .member),
    ]
    for (preset, form, member) in forms {
      let settings = try queue("preset: \(preset)")
      #expect(settings.activeForm == Sourced(form, .preset(preset)))
      #expect(settings.activeMember == Sourced(member, .preset(preset)))
      #expect(settings.score == Sourced(.arrivalMilliseconds, .preset(preset)))
      #expect(settings.member == Sourced(.token, .preset(preset)))
      #expect(settings.activeScore == Sourced(.milliseconds, .preset(preset)))
      #expect(settings.sideKeys.isEmpty && settings.waitingCounter == nil && settings.activeCounter == nil)
      #expect(settings.isFamily == (preset == "proceed-zset"))
    }
  }

  @Test("is what the file says beside the preset")
  func overrides() throws {
    let settings = try queue(
      """
      preset: set-ttl, score: counter, member: json, token-path: data.token, user-path: user, active-form: set-expiry,
      active-member: member, active-score: s, side-keys: ['token:info:{token}', '{token}'], waiting-counter: w, active-counter: a
      """)
    #expect(settings.score.value == .counter && settings.member.value == .json)
    #expect((settings.tokenPath?.value, settings.userPath?.value) == ("data.token", "user"))
    #expect(settings.activeForm.value == .setExpiry && settings.activeMember.value == .member)
    #expect(settings.activeScore.value == .seconds)
    #expect(settings.sideKeys.map(\.value) == ["token:info:{token}", "{token}"])
    #expect((settings.waitingCounter?.value, settings.activeCounter?.value) == ("w", "a"))
    #expect(try queue("preset: set-ttl, member: token:user").member.value == .tokenAndUser)
    #expect(try queue("preset: set-ttl, side-keys: 'i:{token}'").sideKeys.map(\.value) == ["i:{token}"])
    #expect(try queue("preset: set-ttl, active-form: key-per-token, active: 'a:{token}'").activeMember.value == .token)
    let places = try queue("preset: set-ttl, score: expiry-s, waiting-ttl: 30m")
    #expect(places.score.value == .expirySeconds && places.waitingTTL?.value == .seconds(1800))
    #expect(try queue("preset: set-ttl, score: expiry-ms").waitingTTL == nil)
  }

  @Test(
    "that contradicts itself is a problem with its place",
    arguments: [
      (
        "score: arrival",
        "'score' of queue 'q' is 'arrival': expected one of arrival-ms, arrival-s, expiry-ms, expiry-s, counter"
      ),
      (
        "waiting-ttl: 30m",
        "'waiting-ttl' of queue 'q' needs scores that are expiry-ms or expiry-s; its scores are arrival-ms"
      ),
      ("score: expiry-s, waiting-ttl: soon", "'waiting-ttl' of queue 'q' is 'soon'"),
      (
        "member: json",
        "queue 'q' has no 'token-path', which JSON members need: expected names separated by dots, for example data.token"
      ),
      ("token-path: a", "'token-path' of queue 'q' needs JSON members; its members are token"),
      ("member: json, token-path: a..b", "'token-path' of queue 'q' is 'a..b': expected names separated by dots"),
      ("member: json, token-path: a, user-path: .b", "'user-path' of queue 'q' is '.b'"),
      (
        "waiting: 'w:{concert}'",
        "queue 'q' has {concert} in 'waiting', 'w:{concert}', but not in 'active', 'active_tokens'"
      ),
      (
        "active: 'a:{concert}'",
        "queue 'q' has {concert} in 'active', 'a:{concert}', but not in 'waiting', 'waiting_tokens'"
      ),
      ("side-keys: [info]", "'side-keys' of queue 'q' is 'info', which does not contain {token}"),
      (
        "side-keys: { a: b }",
        "'side-keys' of queue 'q' must be a list of Redis keys that contain {token}, not a mapping"
      ),
      ("side-keys: ['']", "must be a list of Redis keys that contain {token}; it has an element which is empty"),
      ("side-keys: [[a]]", "it has an element which is a list"),
      ("active-form: zset", "'active-form' of queue 'q' is 'zset'"),
      ("active-member: user", "'active-member' of queue 'q' is 'user'"),
      ("active-score: m", "'active-score' of queue 'q' is 'm'"),
    ])
  func problems(text: String, problem: String) {
    let problems = Fixture.problems("queues: { q: { preset: set-ttl, \(text) } }")
    #expect(problems.count == 1)
    #expect(problems.first?.contains(problem) == true, "\(problems)")
    #expect(problems.first?.hasPrefix("1:") == true)
  }

  /// Mistakes in the names of keys, each of which a command would only meet when it has worked on the wrong keys.
  static let keys: [(text: String, problem: String)] = [
    (
      "preset: key-per-token, active: act",
      "1:47: 'active' of queue 'q' is 'act', which does not contain {token}; the form key-per-token needs it, for "
        + "example act:{token}"
    ),
    (
      "preset: set-ttl, active-form: key-per-token",
      "1:46: 'active' of queue 'q' is 'active_tokens', which does not contain {token}"
    ),
    (
      "preset: key-per-token, active-form: set-ttl",
      "1:52: 'active' of queue 'q' is 'active_token:{token}', in which {token} is not replaced; the form set-ttl has one key for all"
    ),
    (
      "preset: set-ttl, active: 'a:{token}'",
      "1:41: 'active' of queue 'q' is 'a:{token}', in which {token} is not replaced"
    ),
    (
      "preset: set-ttl, waiting: 'w:{token}'",
      "1:42: 'waiting' of queue 'q' is 'w:{token}', in which {token} is not replaced"
    ),
    (
      "preset: set-ttl, pause-key: 'p:{token}'",
      "1:44: 'pause-key' of queue 'q' is 'p:{token}', in which {token} is not replaced"
    ),
    (
      "preset: set-ttl, waiting-counter: 'n:{concert}'",
      "1:50: 'waiting-counter' of queue 'q' is 'n:{concert}', in which {concert} is not replaced, because "
        + "'waiting' and 'active' do not contain it"
    ),
    (
      "preset: set-ttl, side-keys: ['i:{concert}:{token}']",
      "1:45: 'side-keys' of queue 'q' is 'i:{concert}:{token}', in which {concert} is not replaced"
    ),
    (
      "preset: set-ttl, waiting-counter: n, active-counter: n",
      "1:69: 'active-counter' of queue 'q' is 'n', which is also its 'waiting-counter'; use two keys"
    ),
    (
      "preset: set-ttl, pause-key: waiting_tokens",
      "1:44: 'pause-key' of queue 'q' is 'waiting_tokens', which is also its 'waiting'; use two keys"
    ),
    (
      "preset: key-per-token, side-keys: ['active_token:{token}']",
      "1:51: 'side-keys' of queue 'q' is 'active_token:{token}', which is also its 'active'; use two keys"
    ),
    (
      "preset: key-per-token, active: 't:{token}', side-keys: ['t:{token}:info']",
      "1:72: 'side-keys' of queue 'q' is 't:{token}:info', which the pattern of 'active', 't:{token}', matches too; use another prefix"
    ),
    (
      "preset: key-per-token, active: 't:{token}', waiting: 't:waiting'",
      "1:69: 'waiting' of queue 'q' is 't:waiting', which the pattern of 'active', 't:{token}', matches too; use another prefix"
    ),
  ]

  @Test("whose keys cannot be told apart, or are never filled in, is a problem with its place", arguments: keys)
  func keyProblems(text: String, problem: String) {
    let problems = Fixture.problems("queues: { q: { \(text) } }")
    #expect(problems.count == 1, "\(problems)")
    #expect(problems.first?.hasPrefix(problem) == true, "\(problems)")
  }

  @Test(
    "whose keys can be told apart is none, however alike they look",
    arguments: [
      "preset: key-per-token, active: 't:{token}:on', side-keys: ['t:{token}', 't:{token}:info'], waiting: 't:waiting'",
      "preset: set-ttl, waiting: '{q}:wait', active: '{q}:active', side-keys: ['{q}:{token}', '{token}']",
      "preset: proceed-zset, side-keys: ['i:{concert}:{token}'], waiting-counter: 'n:{concert}', pause-key: stop",
      "preset: key-per-token, active: '{token}:{concert}', waiting: 'wait:{concert}:line'",
    ])
  func keysApart(text: String) {
    #expect(Fixture.problems("queues: { q: { \(text) } }").isEmpty, "\(Fixture.problems("queues: { q: { \(text) } }"))")
  }

  @Test("is listed by config show where the file has it")
  func entries() throws {
    let text =
      "queues: { q: { preset: set-ttl, member: json, token-path: t, side-keys: ['a:{token}'], active-score: s } }"
    let lines = EntryTests.lines(try Fixture.load(text).resolve()).filter { $0.hasPrefix("queues.") }
    #expect(
      lines.map { $0.prefix { $0 != "|" } }.suffix(6).map(String.init) == [
        "queues.q.score = arrival-ms ", "queues.q.member = json ", "queues.q.active-form = set-ttl ",
        "queues.q.token-path = t ", "queues.q.active-score = s ", "queues.q.side-keys = a:{token} ",
      ])
  }
}
