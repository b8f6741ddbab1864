import Changes
import Failures
import Redis
import Testing

@testable import WaitingRoom

@Suite("a command that is named for a queue")
struct QueueCommandLineTests {
  @Test(
    "can be pasted, whatever the queue is called",
    arguments: [
      ("tickets", "tickets"), ("tickets/42", "tickets/42"), ("대기열", "대기열"), ("a b", "'a b'"), ("it's", #"'it'\''s'"#),
      ("$(x)", "'$(x)'"), ("", "''"),
    ])
  func quoted(name: String, word: String) {
    #expect(QueueLayout.command("resume", queue: name) == "usher queue resume --queue \(word)")
  }
}

@Suite("a layout whose stores hold different members")
struct NamingTests {
  static let document = MemberForm.document(token: ["t"], user: ["u"])

  /// A waiting member of this form.
  static func member(_ form: MemberForm, _ token: String) -> RedisArgument {
    switch form {
    case .token: RedisArgument(token)
    case .tokenAndUser: RedisArgument("\(token):kakao:\(token)")
    case .document: RedisArgument(#"{"u":"user \#(token)","t":"\#(token)"}"#)
    }
  }

  @Test(
    "admits tokens where members waited, and gives everybody the old place back", arguments: Shape.allCases,
    [MemberForm.tokenAndUser, document])
  func tokens(shape: Shape, form: MemberForm) throws {
    let queue = try QueueFixture(shape, member: form, naming: form)
    try queue.enqueue((0..<1200).map { (Self.member(form, "t\($0)"), "\(1_700_000_000_000 + $0 / 3)") })
    try queue.activate("t1", "t700", "x")
    let before = try queue.line()
    let (operation, outcome) = try queue.admit(.count(1000))
    #expect((outcome.changed, outcome.skipped) == (998, 2))
    let tokens = before.prefix(1000).compactMap { form.reading($0.token.bytes).map { RedisArgument($0.token) } }
    #expect(try queue.active() == Set(tokens + ["x"]))
    #expect(try queue.room.snapshot().active == 1001)
    try shape.leave("t5", on: queue.redis)
    let undone = try queue.undo(operation)
    #expect((undone.changed, undone.skipped) == (999, 1))
    #expect(try queue.line() == before.filter { $0.token != Self.member(form, "t5") })
    #expect(try queue.active() == ["t1", "t700", "x"])
  }

  @Test("keeps whole members where the service does", arguments: Shape.allCases)
  func members(shape: Shape) throws {
    let queue = try QueueFixture(shape, member: .tokenAndUser)
    try queue.enqueue((0..<600).map { (Self.member(.tokenAndUser, "t\($0)"), "\($0)") })
    let before = try queue.line()
    let (operation, _) = try queue.admit(.count(600))
    #expect(try queue.active() == Set(before.map(\.token)))
    try queue.undo(operation)
    #expect(try queue.line() == before)
  }

  @Test("lets a member in under its own name that it cannot read, and loses nobody", arguments: Shape.allCases)
  func unreadable(shape: Shape) throws {
    let queue = try QueueFixture(shape, member: Self.document, naming: Self.document)
    try queue.enqueue([("no document", "1"), (Self.member(Self.document, "a"), "2"), ("{}", "3")])
    let before = try queue.line()
    let (operation, outcome) = try queue.admit(.count(3))
    #expect(outcome.changed == 3)
    #expect(try queue.active() == ["no document", "a", "{}"])
    try queue.undo(operation)
    #expect(try queue.line() == before)
  }
}

@Suite("a layout of seconds")
struct SecondsTests {
  static let shapes = [Shape.expirySet, .admissionTimeSet, .expiringMemberSet]

  @Test("admits with times in seconds, counts by them, and takes back", arguments: shapes)
  func works(shape: Shape) throws {
    let queue = try QueueFixture(shape, lifetimeMilliseconds: 60_000, unit: .seconds)
    let now = try queue.journal.serverMilliseconds() / 1000
    try queue.enqueue(700)
    let before = try queue.line()
    func put(_ token: String, admitted: Int) throws {
      switch shape {
      case .expirySet: try queue.redis.command("ZADD", "active", RedisArgument(admitted + 60), RedisArgument(token))
      case .admissionTimeSet: try queue.redis.command("ZADD", "active", RedisArgument(admitted), RedisArgument(token))
      default: try queue.redis.command("SADD", "active", RedisArgument("\(token):\(admitted + 60)"))
      }
    }
    try put("t1", admitted: now)
    try put("t2", admitted: now - 61)
    #expect(try queue.room.snapshot().active == 1)
    let (operation, outcome) = try queue.admit(.fillTo(600))
    #expect((outcome.changed, outcome.skipped) == (598, 1))
    #expect(try queue.room.snapshot().active == 599)
    let found = try queue.room.find(.token("t3"))
    #expect(found.state == .active)
    let expires = try #require(found.person.expiresMilliseconds)
    #expect((1000 * (now + 60)...1000 * (now + 90)).contains(expires))
    try queue.undo(operation)
    #expect(try queue.line() == before)
  }

  @Test("is filled up by the count of those whose time in seconds is not over", arguments: shapes)
  func fill(shape: Shape) throws {
    let queue = try QueueFixture(shape, lifetimeMilliseconds: 60_000, unit: .seconds)
    let now = try queue.journal.serverMilliseconds() / 1000
    try queue.enqueue(20)
    let plan = try queue.room.planAdmission(.fillTo(10))
    #expect(plan.count == 10)
    for number in 0..<8 {
      // Four of them are over by now.
      let admitted = number < 4 ? now : now - 100
      switch shape {
      case .expirySet: try queue.redis.command("ZADD", "active", RedisArgument(admitted + 60), "a\(number)")
      case .admissionTimeSet: try queue.redis.command("ZADD", "active", RedisArgument(admitted), "a\(number)")
      default: try queue.redis.command("SADD", "active", "a\(number):\(admitted + 60)")
      }
    }
    let outcome = try queue.room.admit(plan, RunningChange(queue.begin(), lock: queue.lock(), control: .init()))
    #expect(outcome.changed == 6)
    #expect(try queue.room.snapshot().active == 10)
  }
}

@Suite("a set with the expiry inside the member")
struct ExpiringMemberSetTests {
  @Test("of more than a script may walk over is admitted to at a pace, and all of those are taken back")
  func largeAndPaced() throws {
    let queue = try QueueFixture(.expiringMemberSet)
    let count = ExpiringMemberSet.walkLimit + 500
    for start in stride(from: 0, to: count, by: 500) {
      try queue.redis.command(["SADD", "active"] + (start..<start + 500).map { RedisArgument("old\($0):1000") })
    }
    try queue.enqueue(100)
    let before = try queue.line()
    // Nobody of the large set is active any more, and yet a script does not walk over it.
    #expect(try queue.room.snapshot().warnings.contains { $0.contains("checks --fill-to only once") })
    let (operation, outcome) = try queue.admit(
      .count(.max), paced: PacedRun(Pace(perSecond: 100), for: .milliseconds(500)))
    #expect(outcome.changed == 50)
    #expect(try queue.redis.command("HKEYS", RedisArgument(queue.room.keys.operation(operation))).array.count < 25)
    #expect(try queue.undo(operation) == ChangeOutcome(changed: 50))
    #expect(try queue.line() == before)
    #expect(try queue.beforeImageKeys(of: operation).isEmpty)
  }

  @Test("of more people than a script may walk over is admitted to, and exactly those are taken back")
  func large() throws {
    let queue = try QueueFixture(.expiringMemberSet)
    let expiry = try queue.journal.serverMilliseconds() + 200_000
    let count = ExpiringMemberSet.walkLimit + 500
    for start in stride(from: 0, to: count, by: 500) {
      try queue.redis.command(["SADD", "active"] + (start..<start + 500).map { RedisArgument("old\($0):\(expiry)") })
    }
    try queue.enqueue(1300)
    let before = try queue.line()
    let snapshot = try queue.room.snapshot()
    #expect(snapshot.active == count)
    #expect(snapshot.warnings.first?.contains("checks --fill-to only once") == true)
    let (operation, outcome) = try queue.admit(.count(1200))
    #expect(outcome.changed == 1200)
    #expect(try queue.room.snapshot().active == count + 1200)
    try queue.shape.leave("t7", on: queue.redis)
    let undone = try queue.undo(operation)
    #expect((undone.changed, undone.skipped) == (1199, 1))
    #expect(try queue.line() == before.filter { $0.token != "t7" })
    #expect(try queue.room.snapshot().active == count)
  }

  @Test(
    "of more people than a script may walk over admits nobody a second time, and undo knows them too",
    arguments: [
      (MemberForm.token, false), (.tokenAndUser, false), (.tokenAndUser, true), (Combination.document, true),
    ])
  func knownInLarge(member: MemberForm, isNamed: Bool) throws {
    let form = Combination(shape: .expiringMemberSet, member: member, isNamed: isNamed)
    let queue = try form.queue()
    try form.activate((0..<ExpiringMemberSet.walkLimit + 1).map { "old\($0)" }, on: queue)
    try form.enqueue((0..<1300).map { "t\($0)" }, on: queue)
    // Of several batches; once with a member for each of two times; once with a time that is over.
    try form.activate(["t3", "t4", "t700"], on: queue)
    try form.activate(["t4"], lifetime: 100_000, on: queue)
    try form.activate(["t5"], lifetime: -1000, on: queue)
    let (line, state) = (try queue.line(), try queue.activeState())
    let (operation, outcome) = try queue.admit(.count(1200))
    #expect((outcome.changed, outcome.skipped) == (1197, 3))
    #expect(try queue.room.snapshot().active == ExpiringMemberSet.walkLimit + 1 + 1200)
    #expect(try queue.undo(operation) == ChangeOutcome(changed: 1200))
    #expect(try queue.line() == line)
    #expect(try queue.activeState() == state)
    #expect(try queue.beforeImageKeys(of: operation).isEmpty)
  }

  @Test("that grows beyond what a script may walk over by the admission itself admits nobody a second time")
  func growing() throws {
    let queue = try QueueFixture(.expiringMemberSet)
    try queue.enqueue(3200)
    try queue.activate("t2", "t3100")
    let (operation, outcome) = try queue.admit(.count(3200))
    #expect((outcome.changed, outcome.skipped) == (3198, 2))
    #expect(try queue.undo(operation).changed == 3200)
    #expect(try queue.active() == ["t2", "t3100"])
  }

  @Test("does not take somebody for active who has left since the look, or whose time has run out")
  func leftSinceTheLook() throws {
    let queue = try QueueFixture(.expiringMemberSet)
    let form = Combination(shape: .expiringMemberSet, member: .token, isNamed: false)
    try form.activate((0..<ExpiringMemberSet.walkLimit + 1).map { "old\($0)" } + ["t900"], on: queue)
    try queue.enqueue(1000)
    let server = queue.server
    let once = Recorder()
    let control = ChangeControl(isInterrupted: {
      guard once.all.isEmpty else { return false }
      once.note(1)
      do { try Shape.expiringMemberSet.leave("t900", on: server.connect()) } catch { Issue.record(error) }
      return false
    })
    let (_, outcome) = try queue.admit(.count(1000), control: control)
    #expect((outcome.changed, outcome.skipped) == (1000, 0))
  }

  @Test("keeps a token's parts apart, whatever colons it has, and says what has no expiry")
  func reading() throws {
    let form = ExpiringMemberSet(key: "k", lifetimeMilliseconds: 1)
    func name(_ text: String) -> String? {
      form.reading(Array(text.utf8)).map { "\(String(decoding: $0.name, as: UTF8.self)) \($0.expiry)" }
    }
    #expect(name("a:b:1732445000000") == "a:b 1732445000000")
    #expect(
      [name("a"), name("a:"), name("a:x"), name("a:-5"), name("a:99999999999999999999")] == [nil, nil, nil, nil, nil])
    let queue = try QueueFixture(.expiringMemberSet)
    try queue.redis.command("SADD", "active", "a", "b:9999999999999", "b:9999999999998", "gone:1000")
    let snapshot = try queue.room.snapshot()
    #expect((snapshot.active, snapshot.warnings) == (1, ["1 member of the active set has no expiry after a colon"]))
  }

  @Test("counts members of every length of time, and takes text behind a colon for no time")
  func lengths() throws {
    let queue = try QueueFixture(.expiringMemberSet)
    let members: [RedisArgument] = [
      "t0:99999999999999", "t1:abcdefghijklm", "t2:999", "t3:9999999999999", "t3:9999999999998", "t4",
    ]
    try queue.redis.command(["SADD", "active"] + members)
    try queue.enqueue(5)
    let (operation, outcome) = try queue.admit(.fillTo(4))
    // Two are active: t0, whose time is a digit longer, and t3 twice. Both only leave the line.
    #expect((outcome.changed, outcome.skipped) == (1, 1))
    #expect(try queue.undo(operation).changed == 2)
    #expect(
      try Set(queue.redis.command("SMEMBERS", "active").array.map { RedisArgument(try $0.bytes) }) == Set(members))
  }

  @Test("takes back somebody whose time the service has renewed since, with all of the person's members")
  func renewed() throws {
    let queue = try QueueFixture(.expiringMemberSet)
    try queue.enqueue(3)
    let before = try queue.line()
    let (operation, _) = try queue.admit(.count(3))
    try queue.redis.command("SADD", "active", "t1:9999999999999")
    #expect(try queue.undo(operation).changed == 3)
    #expect(try queue.line() == before)
    #expect(try queue.active().isEmpty)
  }
}

@Suite("the members that an operator's words mean")
struct MemberLookupTests {
  @Test("are the words themselves where they wait, and nobody else")
  func tokens() throws {
    let queue = try QueueFixture()
    try queue.enqueue(1200)
    let words = (0..<1500).map { RedisArgument("t\($0)") }
    let found = try queue.room.waitingMembers(for: words)
    #expect(found == words.enumerated().map { $0 < 1200 ? $1 : nil })
    #expect(try queue.room.waitingMembers(for: []) == [])
  }

  @Test(
    "are found by their tokens, many in one walk, and by the whole member",
    arguments: [MemberForm.tokenAndUser, NamingTests.document])
  func members(form: MemberForm) throws {
    let queue = try QueueFixture(member: form)
    let members = (0..<2500).map { NamingTests.member(form, "t\($0)") }
    try queue.enqueue(members.enumerated().map { ($1, "\($0)") } + [("strange", "1")])
    #expect(try queue.room.waitingMembers(for: ["t7"]) == [members[7]])
    #expect(try queue.room.waitingMembers(for: ["t", "7", "user t7", "t7*"]) == [nil, nil, nil, nil])
    let found = try queue.room.waitingMembers(for: ["t2499", members[3], "nobody", "t0", "strange", "t2499"])
    #expect(found == [members[2499], members[3], nil, members[0], "strange", members[2499]])
    try queue.redis.command("CONFIG", "RESETSTAT")
    _ = try queue.room.waitingMembers(for: (0..<400).map { RedisArgument("t\($0)") })
    let scans = try queue.redis.information("commandstats")["cmdstat_zscan"] ?? ""
    #expect(scans.hasPrefix("calls=") && (Int(scans.dropFirst(6).prefix { $0.isNumber }) ?? 99) < 10, "\(scans)")
  }

  @Test("of two members with one token the one in front is meant")
  func ambiguous() throws {
    let queue = try QueueFixture(member: .tokenAndUser)
    try queue.enqueue([("a:late", "3"), ("a:early", "1"), ("a:middle", "2"), ("b:2", "1"), ("b:1", "1")])
    #expect(try queue.room.waitingMembers(for: ["a", "b"]) == ["a:early", "b:1"])
  }

  @Test("are found whatever characters the token has, of documents too that write them as escapes")
  func escapes() throws {
    let queue = try QueueFixture(member: NamingTests.document)
    try queue.enqueue([(#"{"t":"a*[\u00e9]\\?"}"#, "1"), (#"{"t":"plain"}"#, "2")])
    #expect(try queue.room.waitingMembers(for: ["a*[é]\\?"]) == [#"{"t":"a*[\u00e9]\\?"}"#])
    let plain = try QueueFixture(member: .tokenAndUser)
    try plain.enqueue([("a*[b]\\?:u", "1"), ("axb:u", "2")])
    #expect(try plain.room.waitingMembers(for: ["a*[b]\\?"]) == ["a*[b]\\?:u"])
    #expect(try plain.room.waitingMembers(for: ["a*"]) == [nil])
  }
}
