import Glibc
import Redis
import Sandbox
import Support
import Testing

/// usher is killed, doubled and robbed of its server at random instants while a service runs: nobody is lost, in two places, or
/// out of order.
///
/// `USHER_CHAOS_ROUNDS` says how many rounds in all, `USHER_CHAOS_SEED` which ones: a failure names both.
@Suite("chaos in the waiting room")
struct ChaosTests {
  private static let rounds = variable("USHER_CHAOS_ROUNDS") ?? 50
  private static let seed = UInt64(variable("USHER_CHAOS_SEED") ?? 1)

  private static func variable(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }

  @Test("leaves everybody in exactly one place, with the score of the arrival", arguments: ChaosShape.allCases)
  func rounds(shape: ChaosShape) throws {
    let room = try ChaosRoom(shape, people: 1500)
    var chaos = try Chaos(room, seed: Self.seed)
    let rounds = (Self.rounds + ChaosShape.allCases.count - 1) / ChaosShape.allCases.count
    // On a slow machine a few rounds may pass without a kill that comes in time.
    for round in 1...(rounds + 100) where round <= rounds || chaos.kills == 0 {
      try chaos.play()
      if let complaint = try chaos.audit() {
        try room.stop()
        Issue.record("\(shape.rawValue), seed \(Self.seed), round \(round), \(chaos.story): \(complaint)")
        return
      }
    }
    try chaos.takeEverythingBack()
    try room.stop()
    let complaint = try chaos.audit()
    #expect(complaint == nil, "\(shape.rawValue), seed \(Self.seed), at the end")
    #expect(try chaos.nobodyIsAway())
    print("chaos, \(shape.rawValue): \(rounds) rounds, \(chaos.figures)")
    #expect(chaos.kills > 0)
  }
}

/// Rounds of one room: a command, and what befalls it.
struct Chaos {
  let room: ChaosRoom
  private var random: SeededRandom
  private var redis: RedisConnection
  private var number = 0
  /// What the last round did.
  private(set) var story = ""
  private(set) var kills = 0
  /// Kills that came when the work had begun and was not over.
  private(set) var hits = 0
  private(set) var restarts = 0
  private(set) var doubles = 0

  init(_ room: ChaosRoom, seed: UInt64) throws {
    self.room = room
    random = SeededRandom(seed: seed ^ UInt64(room.shape.rawValue.utf8.count) << 32)
    redis = try room.server.connect()
  }

  var figures: String {
    "\(kills) kills (\(hits) in the middle), \(doubles) with two at once, \(restarts) restarts of Redis"
  }

  /// Those whom `move` is given; nobody else may ever have another score.
  static func mayMove(_ token: RedisArgument) -> Bool { token.text.hasPrefix("p") && token.text.hasSuffix("7") }

  mutating func play() throws {
    number += 1
    let words = try choose()
    story = words.joined(separator: " ").prefix(120).description
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<11: try killed(words)
    case 11..<14: try doubled(words, try choose())
    case 14 where number.isMultiple(of: 2): try restarted(words)
    default:
      let run = try Binary.run(words, environment: room.environment)
      note(run.status, run.errors)
    }
  }

  func audit() throws -> String? {
    if let complaint = room.book.withLock({ $0.complaint }) { return complaint }
    return try room.whileServiceWaits {
      try ChaosAudit(room, redis).complaint(room.book.withLock { $0 }, mayMove: Self.mayMove)
    }
  }

  /// Undoes all that can be, the newest first, and returns everybody who is set aside.
  mutating func takeEverythingBack() throws {
    for operation in try operations(["queue remove", "queue expire"]) {
      _ = try Binary.run(["undo", operation, "--yes", "-q"], environment: room.environment)
    }
    for id in try redis.command("HKEYS", "usher:{waiting}:parked").array {
      let run = try Binary.run(
        ["queue", "unpark", try id.string, "--yes", "-q"], environment: room.environment)
      note(run.status, run.errors)
    }
  }

  /// Whether everybody waits or is active.
  func nobodyIsAway() throws -> Bool {
    let places = try ChaosAudit(room, redis).places.values.flatMap { $0 }
    return places.allSatisfy { $0 == "waiting" || $0 == "active" }
  }

  // MARK: What befalls a command

  /// SIGKILL at an instant between the start and a little beyond the usual end, or, in two of three, soon after the work began. The lock
  /// that the dead leave behind is for the next one to take.
  private mutating func killed(_ words: [String]) throws {
    var command = ChildCommand(try Binary.path(), words, environment: room.environment)
    command.isSessionLeader = true
    let before = try operationCount()
    let child = try command.spawn()
    var hadEnded = false
    if Int.random(in: 0..<3, using: &random) == 0 {
      usleep(UInt32.random(in: 2_000...70_000, using: &random))
    } else {
      while !hadEnded, try operationCount() == before { hadEnded = child.poll() != nil }
      usleep(UInt32.random(in: 0...6_000, using: &random))
    }
    hadEnded = hadEnded || child.poll() != nil
    if !hadEnded {
      kill(child.pid, SIGKILL)
      child.wait()
      kills += 1
      if try operationCount() > before { hits += 1 }
    }
  }

  /// Two at once: one of them may be told to try again, and neither may do harm.
  private mutating func doubled(_ first: [String], _ second: [String]) throws {
    doubles += 1
    var command = ChildCommand(try Binary.path(), second, environment: room.environment)
    command.isSessionLeader = true
    let child = try command.spawn()
    let run = try Binary.run(first, environment: room.environment)
    note(run.status, run.errors)
    if case .status(let status) = child.wait() { note(status, second.joined(separator: " ")) }
  }

  /// Redis dies and comes back, with all that it ever said yes to.
  private mutating func restarted(_ words: [String]) throws {
    restarts += 1
    var command = ChildCommand(try Binary.path(), words, environment: room.environment)
    command.isSessionLeader = true
    let child = try command.spawn()
    usleep(UInt32.random(in: 5_000...50_000, using: &random))
    try room.whileServiceWaits { try room.server.restart() }
    if case .status(let status) = child.wait() { note(status, story) }
    redis = try room.server.connect()
  }

  /// A refusal, a held lock or a lost server are no complaint; a bug, a crash and a misunderstood command line are.
  private func note(_ status: Int32, _ text: String) {
    guard ![0, 1, 65, 69, 75, 77].contains(status) else { return }
    room.book.withLock { $0.complaint = $0.complaint ?? "status \(status): \(text)" }
  }

  // MARK: Commands

  private mutating func choose() throws -> [String] {
    let tail = ["--yes", "-q"]
    switch Int.random(in: 0..<16, using: &random) {
    case 0..<3: return ["queue", "admit", "\(Int.random(in: 1...900, using: &random))"] + tail
    case 3: return ["queue", "admit", "\(Int.random(in: 1...300, using: &random))", "--rate", "3000/s"] + tail
    case 4..<6: return ["queue", "remove"] + (try some("waiting", upTo: 700)) + tail
    case 6: return ["queue", "remove", "--active"] + (try some(nil, upTo: 300)) + tail
    case 7..<9:
      let places = ["front", "back", try some("waiting", upTo: 1).first ?? "front"]
      let place = places.randomElement(using: &random) ?? "front"
      // Nobody is moved before themselves.
      let movers = try some("waiting", upTo: 1500).filter { $0 != place && Self.mayMove(RedisArgument($0)) }
      return ["queue", "move", "--to", place] + (movers.isEmpty ? [place == "p7" ? "p17" : "p7"] : movers) + tail
    case 9: return ["queue", "park"] + tail
    case 10..<12: return try unpark() + tail
    case 12: return ["queue", "issue"] + (0..<40).map { "issued-\(number)-\($0)" } + tail
    case 13 where room.shape.lapse("x") != nil: return ["queue", "expire"] + tail
    default:
      let all = ["queue admit", "queue remove", "queue move", "queue park", "queue issue", "queue expire"]
      guard let operation = try operations(all).prefix(12).randomElement(using: &random) else {
        return ["queue", "park"] + tail
      }
      return ["undo", operation] + tail
    }
  }

  private mutating func unpark() throws -> [String] {
    let drains = try redis.command("HKEYS", "usher:{waiting}:parked").array.map { try $0.string }.sorted()
    guard let drain = drains.randomElement(using: &random) else { return ["queue", "park"] }
    return ["queue", "unpark", drain]
  }

  /// Tokens of the key, or of the active, in a random order.
  private mutating func some(_ key: RedisArgument?, upTo limit: Int) throws -> [String] {
    let all =
      try key.map { try redis.command("ZRANGE", $0, "0", "-1").array.map { RedisArgument(try $0.bytes) } }
      ?? room.shape.active(redis)
    let sorted = all.map(\.text).sorted()
    let count = min(sorted.count, Int.random(in: 1...limit, using: &random))
    let chosen = Array(sorted.shuffled(using: &random).prefix(count))
    return chosen.isEmpty ? ["nobody"] : chosen
  }

  /// The operations of these commands, the newest first, as far as they have before-images or people aside.
  private func operations(_ commands: Set<String>) throws -> [String] {
    let ids = try redis.command("ZREVRANGE", "usher:operations", "0", "-1").array.map {
      String(try $0.string.prefix(26))
    }
    return try ids.filter {
      let record = RedisArgument("usher:{waiting}:operation:\($0)")
      let fields = try redis.command("HMGET", record, "command", "state", "changed").array
      guard let command = try fields[0].optional?.string, commands.contains(command) else { return false }
      return try fields[1].optional?.string != "undone" && fields[2].optional?.string != "0"
    }
  }

  private func operations(_ commands: [String]) throws -> [String] { try operations(Set(commands)) }

  private func operationCount() throws -> Int { try redis.command("ZCARD", "usher:operations").integer }
}
