import Terminal
import Text
import WaitingRoom

/// The advice of `usher queue plan`, for programs and for people.
enum QueuePlanFields {
  /// What JSON and CSV have.
  static let all: [Field<AdmissionAdvice>] = [
    Field("queue", heading: "queue") { .text($0.snapshot.queue) },
    Field("waiting", heading: "waiting") { .integer($0.snapshot.waiting) },
    Field("active", heading: "active") { .integer($0.snapshot.active) },
    Field("capacity", heading: "capacity") { .integer($0.snapshot.capacity) },
    Field("throughput_per_s", heading: "throughput") { number($0.throughput.value) },
    Field("throughput_source", heading: "throughput from") { .text($0.throughput.source) },
    Field("headroom_percent", heading: "headroom") { number($0.headroomPercent) },
    Field("flow_time_ms", heading: "flow time") { .milliseconds(milliseconds($0.flow.value)) },
    Field("flow_time_source", heading: "flow time from") { .text($0.flow.source) },
    Field("admit_per_min", heading: "admit") { .integer($0.admit.map(AdmissionAdvice.perMinute)) },
    Field("hold_active", heading: "hold active") { .integer(people($0.hold)) },
    Field("capacity_per_min", heading: "capacity allows") {
      .integer($0.mostForCapacity.map(AdmissionAdvice.perMinute))
    },
    Field("arrivals_per_min", heading: "arrivals") { number($0.arrivals.map { $0.perSecond * 60 }) },
    Field("arrivals_min_per_min", heading: "arrivals at least") { number($0.arrivals.map { $0.lower * 60 }) },
    Field("arrivals_max_per_min", heading: "arrivals at most") { number($0.arrivals.map { $0.upper * 60 }) },
    Field("arrivals_source", heading: "arrivals from") { .text($0.arrivalsSource) },
    Field("outflow_per_min", heading: "admissions") { number($0.outflow.value.map { $0 * 60 }) },
    Field("outflow_source", heading: "admissions from") { .text($0.outflow.source) },
    Field("rate_per_min", heading: "at") { number($0.rate.value.map { $0 * 60 }) },
    Field("rate_source", heading: "at from") { .text($0.rate.source) },
    Field("empties", heading: "empties") { .text($0.emptying?.word) },
    Field("empty_min_ms", heading: "empty in at least") { .milliseconds(milliseconds(earliest($0.emptying))) },
    Field("empty_max_ms", heading: "empty in at most") { .milliseconds(milliseconds(latest($0.emptying))) },
    Field("warnings", heading: "warnings") { .list($0.warnings.map { .text($0) }) },
  ]

  /// What a person reads: each figure with its source.
  static let lines: [Field<AdmissionAdvice>] = [
    Field("queue", heading: "queue") { .text($0.snapshot.queue) },
    Field("waiting", heading: "waiting") { .integer($0.snapshot.waiting) },
    Field("active", heading: "active") { advice in
      .text(
        "\(advice.snapshot.active.grouped)\(advice.snapshot.capacity.map { " of \($0.grouped)" } ?? "")")
    },
    Field("throughput", heading: "throughput") { .text(line($0.throughput) { rate($0) }) },
    Field("flow_time", heading: "flow time") { .text(line($0.flow) { time($0) }) },
    Field("admit", heading: "admit") { .text(admit($0)) },
    Field("hold", heading: "hold active") { .text(hold($0)) },
    Field("arrivals", heading: "arrivals") { .text(arrivals($0)) },
    Field("outflow", heading: "admissions") { .text(line($0.outflow) { "\(perMinute($0))/min" }) },
    Field("empty", heading: "empty") { .text(empty($0)) },
  ]

  private static func line(_ figure: SourcedFigure, _ text: (Double) -> String) -> String {
    figure.value.map { "\(text($0)) (\(figure.source))" } ?? "not known: \(figure.source)"
  }

  private static func admit(_ advice: AdmissionAdvice) -> String {
    guard let admit = advice.admit else { return "not known without the throughput" }
    let headroom = Figures.number(advice.headroomPercent, decimals: 0)
    return "\(AdmissionAdvice.perMinute(admit).grouped)/min (the throughput less \(headroom)%)"
  }

  private static func hold(_ advice: AdmissionAdvice) -> String {
    guard let hold = advice.hold, let admit = advice.admit, let stay = advice.flow.value else {
      return "not known without the throughput and the flow time"
    }
    return "\((people(hold) ?? 0).grouped) (L = λ · W: \(rate(admit)) × \(time(stay)))"
  }

  private static func arrivals(_ advice: AdmissionAdvice) -> String {
    guard let arrivals = advice.arrivals else { return "not known: \(advice.arrivalsSource)" }
    return "\(perMinute(arrivals.lower)) to \(perMinute(arrivals.upper))/min (\(advice.arrivalsSource))"
  }

  private static func empty(_ advice: AdmissionAdvice) -> String {
    guard let rate = advice.rate.value else { return "not known: \(advice.rate.source)" }
    guard let emptying = advice.emptying else { return "not known without the arrivals" }
    let at = "at \(perMinute(rate))/min (\(advice.rate.source))"
    switch emptying {
    case .never: return "never, \(at)"
    case .perhaps(let soonest): return "in \(time(soonest)) at the earliest, perhaps never, \(at)"
    case .within(let range): return "in \(time(range.lowerBound)) to \(time(range.upperBound)), \(at)"
    }
  }

  private static func rate(_ perSecond: Double) -> String {
    perSecond >= 1 ? "\(short(perSecond))/s" : "\(perMinute(perSecond))/min"
  }

  private static func perMinute(_ perSecond: Double) -> String { short(perSecond * 60) }

  /// A decimal only where it says something.
  private static func short(_ number: Double) -> String {
    Figures.number(number, decimals: number >= 100 || number == number.rounded() ? 0 : 1)
  }

  private static func time(_ seconds: Double) -> String { Figures.duration(milliseconds: milliseconds(seconds) ?? 0) }

  private static func number(_ value: Double?) -> FieldValue { value.map { .number($0, decimals: 2) } ?? .null }

  private static func milliseconds(_ seconds: Double?) -> Int? { seconds.map { Int(min($0 * 1000, 9e15).rounded()) } }

  /// Whole people, rounded up; a millionth is what the arithmetic may be wrong by.
  private static func people(_ number: Double?) -> Int? { number.map { Int(min($0 - 1e-6, 9e15).rounded(.up)) } }

  private static func earliest(_ emptying: Emptying?) -> Double? {
    switch emptying {
    case .within(let range): range.lowerBound
    case .perhaps(let soonest): soonest
    case .never, nil: nil
    }
  }

  private static func latest(_ emptying: Emptying?) -> Double? {
    if case .within(let range) = emptying { range.upperBound } else { nil }
  }
}
