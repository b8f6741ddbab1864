import Failures
import Redis
import Text

/// How many to admit, in the operator's words.
public enum AdmissionRequest: Equatable, Sendable {
  /// So many, or all who wait.
  case count(Int)
  /// Until this many are active.
  case fillTo(Int)
  /// Until the configured capacity is reached.
  case fillCapacity
}

/// What an admission would do now.
public struct AdmissionPlan: Sendable {
  public var layout: QueueLayout
  /// How many leave the waiting room at most.
  public var count: Int
  /// How many may be active, checked again by each batch; nil if the operator gave a count.
  public var fillTo: Int?
  /// The pace, where there is one.
  public var run: PacedRun?
  /// The turns that a run of a given time has, whether or not somebody waits then; nil without a time.
  public var turns: Int?
  /// When another run has taken all turns until then, in milliseconds since 1970: the count is zero.
  public var takenUntilMilliseconds: Int?
  public var snapshot: QueueSnapshot
  /// The first tokens in line.
  public var sample: [String]
  public var warnings: [String]
}

extension WaitingRoom {
  /// How many tokens a plan shows.
  private static let sampleSize = 5

  /// Reads the queue and says what an admission would do; changes nothing.
  ///
  /// Throws `AdmissionPaused` while the queue is paused.
  public func planAdmission(_ request: AdmissionRequest, paced run: PacedRun? = nil) throws -> AdmissionPlan {
    let fillTo: Int? =
      switch request {
      case .count: nil
      case .fillTo(let number): number
      case .fillCapacity: try layout.requireCapacity()
      }
    if let pause = try pauseNow() { throw AdmissionPaused(pause) }
    let snapshot = try snapshot()
    let asked: Int =
      switch request {
      case .count(let number): number
      default: max(0, (fillTo ?? 0) - snapshot.active)
      }
    var plan = AdmissionPlan(
      layout: layout, count: max(0, min(asked, snapshot.waiting)), fillTo: fillTo, run: run, snapshot: snapshot,
      sample: [], warnings: snapshot.warnings)
    if let run, run.duration != nil { try spread(&plan, over: run, asked: asked) }
    let inSight = min(plan.count, snapshot.waiting)
    if inSight > 0 {
      let last = min(inSight, Self.sampleSize) - 1
      let tokens = try redis.command("ZRANGE", RedisArgument(layout.waitingKey), "0", RedisArgument(last)).array
      plan.sample = try tokens.map { ByteNotation.encode(try $0.bytes) }
    }
    warnOfCapacity(&plan)
    // They have the lowest scores, so they are the first.
    let over = min(plan.count, snapshot.placesOver ?? 0)
    if over > 0 {
      plan.warnings.append(
        "\(over.counted("waiting person has", plural: "waiting people have")) expired; usher admits \(over == 1 ? "this person" : "them") like all others, but the service may not expect that"
      )
    }
    if fillTo != nil, layout.active.keyType == nil {
      plan.warnings.append(
        "counting active users needs a scan of all keys, so it is done once, before the first batch")
    }
    return plan
  }

  /// Gives a plan the turns of a run with an end; people may come and go until then, so the counts of now bound nothing.
  private func spread(_ plan: inout AdmissionPlan, over run: PacedRun, asked: Int) throws {
    let book = try paceBook()
    let now = try redis.command("TIME").array
    guard now.count == 2 else { throw Failure(.failed, "cannot read the clock of Redis at \(redis.target)") }
    let microseconds = try Double(now[0].integer) * 1_000_000 + Double(now[1].integer)
    let turns = run.turns(now: microseconds, after: book) ?? 0
    plan.turns = turns
    // A number to fill up to is judged again at each turn, but a family of keys is counted only here.
    plan.count = plan.fillTo != nil && layout.active.keyType != nil ? turns : min(turns, asked)
    if turns == 0, let book { plan.takenUntilMilliseconds = Int(book.next / 1000) }
  }

  /// What Redis keeps of the queue's pace; nil when nobody was admitted at a pace lately.
  func paceBook() throws -> PaceBook? {
    let fields = try redis.command("HMGET", RedisArgument(paceKey), "next_us", "interval_us", "last_us").array
    let numbers = try fields.compactMap { try $0.optional?.double }
    return numbers.count == 3 ? PaceBook(next: numbers[0], interval: numbers[1], last: numbers[2]) : nil
  }

  private func warnOfCapacity(_ plan: inout AdmissionPlan) {
    guard let capacity = plan.snapshot.capacity else { return }
    var after = plan.snapshot.active + plan.count
    if plan.turns != nil, let run = plan.run, let lifetime = layout.active.lifetimeMilliseconds {
      // Over a longer run those of its beginning are gone at its end.
      after = min(after, Int(min(run.pace.perSecond * Double(lifetime) / 1000, 9e15)))
    }
    if plan.turns != nil, let fillTo = plan.fillTo { after = min(after, max(fillTo, plan.snapshot.active)) }
    guard after > capacity, plan.count > 0 else { return }
    let time = plan.turns == nil ? "" : "up to "
    plan.warnings.append("\(time)\(after.grouped) would be active, more than the capacity of \(capacity.grouped)")
  }
}

extension QueueLayout {
  /// The configured capacity; fails with `usage` where there is none, because a number is missing on the command line then.
  public func requireCapacity() throws -> Int {
    guard let capacity else {
      throw Failure(
        .usage, "queue '\(name)' has no capacity to fill",
        hints: ["give a number: \(command("admit 420")), or \(command("admit --fill-to 2100"))"])
    }
    return capacity
  }
}
