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
    let places = try queue("preset: set-ttl, score: expiry-s, waiting-ttl: 30m")
    #expect(places.score.value == .expirySeconds && places.waitingTTL?.value == .seconds(1800))
    #expect(try queue("preset: set-ttl, score: expiry-ms").waitingTTL == nil)
    #expect(try queue("preset: set-ttl, active-form: key-per-token").activeMember.value == .token)
  }

  @Test(
    "that contradicts itself is a problem with its place",
    arguments: [
      (
        "score: arrival",
        "\"score\" of queue \"q\" is \"arrival\": expected one of arrival-ms, arrival-s, expiry-ms, expiry-s, counter"
      ),
      (
        "waiting-ttl: 30m",
        "\"waiting-ttl\" of queue \"q\" is for scores that are expiry-ms or expiry-s; its score is arrival-ms"
      ),
      ("score: expiry-s, waiting-ttl: soon", "\"waiting-ttl\" of queue \"q\" is \"soon\""),
      ("member: json", "queue \"q\" has JSON members and no \"token-path\""),
      ("token-path: a", "\"token-path\" of queue \"q\" is for JSON members; its members are \"token\""),
      ("member: json, token-path: a..b", "\"token-path\" of queue \"q\" is \"a..b\": expected names with dots"),
      ("member: json, token-path: a, user-path: .b", "\"user-path\" of queue \"q\" is \".b\""),
      (
        "waiting: 'w:{concert}'",
        "queue \"q\" has one key a concert, \"w:{concert}\", and one for all, \"active_tokens\""
      ),
      (
        "active: 'a:{concert}'",
        "queue \"q\" has one key a concert, \"a:{concert}\", and one for all, \"waiting_tokens\""
      ),
      ("side-keys: [info]", "\"side-keys\" of queue \"q\" has \"info\", in which {token} is missing"),
      ("side-keys: { a: b }", "\"side-keys\" of queue \"q\" must be a list of texts, not a mapping"),
      ("side-keys: ['']", "must be a list of texts, and no empty ones"),
      ("active-form: zset", "\"active-form\" of queue \"q\" is \"zset\""),
      ("active-member: user", "\"active-member\" of queue \"q\" is \"user\""),
      ("active-score: m", "\"active-score\" of queue \"q\" is \"m\""),
    ])
  func problems(text: String, problem: String) {
    let problems = Fixture.problems("queues: { q: { preset: set-ttl, \(text) } }")
    #expect(problems.count == 1)
    #expect(problems.first?.contains(problem) == true, "\(problems)")
    #expect(problems.first?.hasPrefix("1:") == true)
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
