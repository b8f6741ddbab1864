import Changes
import Testing

@testable import WaitingRoom

@Suite("the arithmetic of a plan")
struct AdviceRulesTests {
  @Test(
    "a count's rate has a range that holds the exact one of a Poisson count",
    arguments: [
      // The exact limits of 95 % for a count, from the chi-square distribution.
      (0, 0.0, 3.69), (1, 0.025, 5.57), (4, 1.09, 10.24), (10, 4.80, 18.39), (100, 81.36, 121.63),
    ] as [(Int, Double, Double)])
  func ranges(count: Int, lower: Double, upper: Double) {
    let range = RateRange(counted: count, seconds: 1)
    #expect(range.perSecond == Double(count))
    #expect(range.lower <= lower && range.lower > lower - 1)
    #expect(range.upper >= upper && range.upper < upper + 1)
    let minute = RateRange(counted: count, seconds: 60)
    #expect(abs(minute.upper * 60 - range.upper) < 1e-9)
  }

  @Test(
    "a room is empty in waiting over what is left of the rate",
    arguments: [
      (4200, 7.0, 0.0, 0.0, Emptying.within(600...600)), (4200, 7, 0, 3.5, .within(600...1200)),
      (4200, 7, 2, 4, .within(840...1400)), (4200, 7, 3.5, 7, .perhaps(from: 1200)), (4200, 7, 7, 9, .never),
      (4200, 7, 8, 9, .never), (0, 7, 0, 1, .within(0...0)), (0, 7, 7, 8, .never),
    ] as [(Int, Double, Double, Double, Emptying)])
  func emptying(waiting: Int, rate: Double, lower: Double, upper: Double, emptying: Emptying) {
    let arrivals = RateRange(perSecond: (lower + upper) / 2, lower: lower, upper: upper)
    #expect(Emptying(waiting: waiting, rate: rate, arrivals: arrivals) == emptying)
  }

  @Test("Little's law holds in all three directions")
  func little() {
    #expect(LittlesLaw.inside(perSecond: 7, staySeconds: 300) == 2100)
    #expect(LittlesLaw.perSecond(inside: 2100, staySeconds: 300) == 7)
    #expect(LittlesLaw.staySeconds(inside: 2100, perSecond: 7) == 300)
    #expect(LittlesLaw.perSecond(inside: 1, staySeconds: 0) == nil)
    #expect(LittlesLaw.staySeconds(inside: 1, perSecond: 0) == nil)
  }

  @Test("whole people a minute are never rounded up", arguments: [(7.0, 420), (6.999, 419), (5.6, 336), (0.01, 0)])
  func perMinute(rate: Double, people: Int) { #expect(AdmissionAdvice.perMinute(rate) == people) }

  private static func snapshot(waiting: Int = 4200, active: Int = 100, capacity: Int? = nil) throws -> QueueSnapshot {
    let layout = try QueueLayout(
      name: "q", waitingKey: "w", active: WholeKeySet(key: "a", lifetimeMilliseconds: 1000), capacity: capacity)
    return QueueSnapshot(
      layout: layout, mark: LineMark(count: waiting, milliseconds: 0), active: ActiveObservation(count: active))
  }

  @Test("nothing known gives nothing, and says what would give it")
  func unknown() throws {
    let advice = AdmissionAdvice(AdviceInputs(snapshot: try Self.snapshot(capacity: 2100)))
    #expect((advice.admit, advice.hold, advice.mostForCapacity) == (nil, nil, nil))
    #expect(advice.throughput == SourcedFigure(nil, "give --throughput 7/s, or --measure 10s"))
    #expect(advice.flow == SourcedFigure(nil, "give --flow-time 5m, or --measure 10s"))
    #expect(advice.arrivals == nil && advice.arrivalsSource.contains("--measure"))
    #expect(advice.outflow == SourcedFigure(nil, "give --measure 10s"))
    #expect(advice.rate == SourcedFigure(nil, "give --rate 420/min"))
    #expect(advice.emptying == nil)
  }

  @Test("what the operator says wins, and the headroom is taken off")
  func given() throws {
    let measured = QueueMeasurement(seconds: 10, arrived: 20, left: 30, activeBefore: 100, activeAfter: 90)
    var snapshot = try Self.snapshot()
    snapshot.arrivals = Flow(count: 60, windowMilliseconds: 60_000, isAtLeast: true)
    let advice = AdmissionAdvice(
      AdviceInputs(
        snapshot: snapshot, throughput: 7, flowSeconds: 300, headroomPercent: 20, rate: 10, measurement: measured))
    #expect(advice.throughput == SourcedFigure(7, "--throughput"))
    #expect(abs(try #require(advice.admit) - 5.6) < 1e-9)
    #expect(abs(try #require(advice.hold) - 1680) < 1e-6)
    // What was asked to be measured is of now; without that the scores tell.
    #expect(advice.arrivals == RateRange(counted: 20, seconds: 10))
    #expect(advice.arrivalsSource == "measured: 20 arrived in 10s")
    let unmeasured = AdmissionAdvice(AdviceInputs(snapshot: snapshot, throughput: 7, rate: 10))
    #expect(unmeasured.arrivals == RateRange(counted: 60, seconds: 60))
    #expect(unmeasured.arrivalsSource == "scores: 60 arrived in the last 60s")
    #expect(advice.outflow == SourcedFigure(3, "measured: 30 left the queue in 10s"))
    #expect(advice.rate == SourcedFigure(10, "--rate"))
    #expect(advice.emptying == Emptying(waiting: 4200, rate: 10, arrivals: RateRange(counted: 20, seconds: 10)))
  }

  @Test("a measurement gives the throughput, the flow time by Little's law, and the arrivals")
  func measured() throws {
    let measured = QueueMeasurement(seconds: 10, arrived: 20, left: 30, activeBefore: 100, activeAfter: 90)
    #expect(measured.finished == 40)
    let advice = AdmissionAdvice(AdviceInputs(snapshot: try Self.snapshot(), measurement: measured))
    #expect(advice.throughput == SourcedFigure(4, "measured: 40 finished in 10s"))
    #expect(advice.flow.value == 23.75)
    // What is measured hangs together: to admit as many as are through holds as many as there are.
    #expect(advice.hold == 95)
    #expect(advice.arrivals == RateRange(counted: 20, seconds: 10))
    #expect(advice.rate.value == 4)
  }

  @Test("without a rate, the room empties at the pace at which the line is left now")
  func atOutflow() throws {
    let measured = QueueMeasurement(seconds: 10, arrived: 0, left: 30, activeBefore: 0, activeAfter: 90)
    let advice = AdmissionAdvice(AdviceInputs(snapshot: try Self.snapshot(), measurement: measured))
    #expect(advice.admit == nil)
    #expect(advice.rate == SourcedFigure(3, "the rate at which people leave the queue now"))
    #expect(advice.emptying == Emptying(waiting: 4200, rate: 3, arrivals: RateRange(counted: 0, seconds: 10)))
  }

  @Test("a measurement without its mark says that, instead of a figure")
  func unmeasured() throws {
    let lost = QueueMeasurement(seconds: 10, arrived: nil, left: nil, activeBefore: 5, activeAfter: 5)
    #expect(lost.finished == nil)
    let advice = AdmissionAdvice(AdviceInputs(snapshot: try Self.snapshot(), measurement: lost))
    #expect(advice.throughput.value == nil && advice.throughput.source.contains("--throughput"))
    #expect(advice.arrivalsSource == "nobody waited long enough to be counted")
    #expect(QueueMeasurement(seconds: 1, arrived: 0, left: 3, activeBefore: 0, activeAfter: 9).finished == 0)
  }

  @Test("a plan beyond the capacity says what the capacity allows", arguments: [(2100, false), (2099, true)])
  func capacity(capacity: Int, warns: Bool) throws {
    let advice = AdmissionAdvice(
      AdviceInputs(snapshot: try Self.snapshot(capacity: capacity), throughput: 7, flowSeconds: 300))
    #expect(advice.warnings.contains { $0.contains("at most") } == warns)
    #expect(AdmissionAdvice.perMinute(try #require(advice.mostForCapacity)) == (warns ? 419 : 420))
  }

  // MARK: History

  private static func record(
    _ command: String = "queue admit", on target: String = "queue q", at start: Int, lasting: Int?, _ changed: Int,
    state: OperationState = .done
  ) -> OperationRecord {
    OperationRecord(
      id: OperationID(milliseconds: start), store: .redis,
      request: OperationRequest(command: command, commandLine: "", target: target, planned: 0, undo: .automatic),
      actor: "kim@ops-1", startedMilliseconds: start, endedMilliseconds: lasting.map { start + $0 }, state: state,
      changed: changed, failed: 0)
  }

  @Test("usher's own history counts what it has admitted to this queue and not taken back")
  func history() throws {
    let minutes = (1...3).map { Self.record(at: $0 * 60_000, lasting: 59_857, 420) }
    let others = [
      Self.record(at: 0, lasting: 59_857, 420), Self.record(on: "queue vip", at: 60_000, lasting: 10, 99),
      Self.record("queue move", at: 60_000, lasting: 10, 99), Self.record(at: 60_000, lasting: 10, 99, state: .undone),
    ]
    let history = try #require(
      AdmissionHistory(minutes + others, target: "queue q", since: 60_000, now: 300_000))
    #expect(history.admitted == 1260)
    #expect(abs(history.seconds - 179.857) < 1e-9)
    let advice = AdmissionAdvice(AdviceInputs(snapshot: try Self.snapshot(), history: history))
    #expect(advice.throughput.source == "history: usher admitted 1,260 in 179.9s")
    // The run of now counts to now.
    let running = [Self.record(at: 60_000, lasting: nil, 70, state: .started)]
    #expect(AdmissionHistory(running, target: "queue q", since: 0, now: 100_000)?.seconds == 40)
    #expect(AdmissionHistory(running, target: "queue q", since: 0, now: 80_000) == nil)
  }

  @Test("one admission at one moment is no rate")
  func moment() {
    let once = [Self.record(at: 60_000, lasting: 12, 420)]
    #expect(AdmissionHistory(once, target: "queue q", since: 0, now: 100_000) == nil)
    #expect(AdmissionHistory([], target: "queue q", since: 0, now: 100_000) == nil)
  }
}
