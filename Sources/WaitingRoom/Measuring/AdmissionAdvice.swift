import Text

/// A figure and where it comes from; without a value, what would give it.
public struct SourcedFigure: Equatable, Sendable {
  public var value: Double?
  public var source: String

  public init(_ value: Double?, _ source: String) {
    self.value = value
    self.source = source
  }
}

/// What is known of a queue and its service before the calculation.
public struct AdviceInputs: Sendable {
  /// With its arrivals, if scores are arrival times.
  public var snapshot: QueueSnapshot
  /// Given by the operator: people per second that the service can serve.
  public var throughput: Double?
  /// Given by the operator: seconds from an admission to its end.
  public var flowSeconds: Double?
  /// The share of the throughput that is kept free, in percent.
  public var headroomPercent: Double
  /// Given by the operator: admissions per second.
  public var rate: Double?
  public var measurement: QueueMeasurement?
  public var history: AdmissionHistory?

  public init(
    snapshot: QueueSnapshot, throughput: Double? = nil, flowSeconds: Double? = nil, headroomPercent: Double = 0,
    rate: Double? = nil, measurement: QueueMeasurement? = nil, history: AdmissionHistory? = nil
  ) {
    self.snapshot = snapshot
    self.throughput = throughput
    self.flowSeconds = flowSeconds
    self.headroomPercent = headroomPercent
    self.rate = rate
    self.measurement = measurement
    self.history = history
  }
}

/// How many to admit, how many are active then, and when the waiting room is empty. What is not known is nil.
public struct AdmissionAdvice: Sendable {
  public var snapshot: QueueSnapshot
  public var headroomPercent: Double
  /// People per second that the service can serve.
  public var throughput: SourcedFigure
  /// Seconds from an admission to its end.
  public var flow: SourcedFigure
  /// People per second to admit: the throughput less the headroom.
  public var admit: Double?
  /// How many are active then: Little's law.
  public var hold: Double?
  public var arrivals: RateRange?
  public var arrivalsSource: String
  /// People per second who leave the line now.
  public var outflow: SourcedFigure
  /// Admissions per second, from which the time until the waiting room is empty is calculated.
  public var rate: SourcedFigure
  /// Nil if the rate or the arrivals are not known.
  public var emptying: Emptying?
  public var warnings: [String]

  public init(_ inputs: AdviceInputs) {
    snapshot = inputs.snapshot
    headroomPercent = inputs.headroomPercent
    throughput = Self.throughput(inputs)
    flow = Self.flow(inputs)
    admit = throughput.value.map { $0 * (1 - inputs.headroomPercent / 100) }
    hold = nil
    if let admit, let stay = flow.value { hold = LittlesLaw.inside(perSecond: admit, staySeconds: stay) }
    (arrivals, arrivalsSource) = Self.arrivals(inputs)
    outflow = Self.outflow(inputs)
    rate = Self.rate(inputs, admit: admit, outflow: outflow)
    emptying = nil
    if let rate = rate.value, let arrivals {
      emptying = Emptying(waiting: inputs.snapshot.waiting, rate: rate, arrivals: arrivals)
    }
    warnings = inputs.snapshot.warnings
    if let warning = capacityWarning { warnings.append(warning) }
  }

  /// The capacity's own bound on the admissions per second; nil if one of its two figures is not known.
  public var mostForCapacity: Double? {
    guard let capacity = snapshot.capacity, let stay = flow.value else { return nil }
    return LittlesLaw.perSecond(inside: Double(capacity), staySeconds: stay)
  }

  private var capacityWarning: String? {
    guard let hold, let capacity = snapshot.capacity, let most = mostForCapacity, hold > Double(capacity) + 1e-6 else {
      return nil
    }
    return "the capacity of \(capacity.grouped) allows at most \(Self.perMinute(most).grouped) per minute"
  }

  /// Whole people a minute, never more than that.
  public static func perMinute(_ perSecond: Double) -> Int { Int(min(perSecond * 60 + 1e-6, 9e15).rounded(.down)) }

  private static func throughput(_ inputs: AdviceInputs) -> SourcedFigure {
    if let given = inputs.throughput { return SourcedFigure(given, "--throughput") }
    if let measured = inputs.measurement, let finished = measured.finished, finished > 0 {
      return SourcedFigure(
        Double(finished) / measured.seconds,
        "measured: \(finished.grouped) finished in \(seconds(measured.seconds))")
    }
    if let history = inputs.history {
      return SourcedFigure(
        Double(history.admitted) / history.seconds,
        "history: usher admitted \(history.admitted.grouped) in \(seconds(history.seconds))")
    }
    return SourcedFigure(
      nil,
      inputs.measurement == nil
        ? "give --throughput 7/s, or --measure 10s" : "nobody finished during the measurement; give --throughput 7/s")
  }

  private static func flow(_ inputs: AdviceInputs) -> SourcedFigure {
    if let given = inputs.flowSeconds { return SourcedFigure(given, "--flow-time") }
    if let measured = inputs.measurement, let finished = measured.finished, finished > 0 {
      let inside = Double(measured.activeBefore + measured.activeAfter) / 2
      let stay = LittlesLaw.staySeconds(inside: inside, perSecond: Double(finished) / measured.seconds)
      if let stay, stay > 0 {
        return SourcedFigure(
          stay,
          "Little's law from the measurement: \(Int(inside).grouped) active, \(finished.grouped) finished in "
            + seconds(measured.seconds))
      }
    }
    return SourcedFigure(
      nil,
      inputs.measurement == nil
        ? "give --flow-time 5m, or --measure 10s" : "nobody finished during the measurement; give --flow-time 5m")
  }

  private static func arrivals(_ inputs: AdviceInputs) -> (RateRange?, String) {
    if let measured = inputs.measurement, let arrived = measured.arrived {
      return (
        RateRange(counted: arrived, seconds: measured.seconds),
        "measured: \(arrived.grouped) arrived in \(seconds(measured.seconds))"
      )
    }
    if let flow = inputs.snapshot.arrivals, let rate = flow.rate {
      let window = seconds(Double(flow.windowMilliseconds) / 1000)
      return (rate, "scores: \(flow.count.grouped) arrived in the last \(window)")
    }
    return (
      nil,
      inputs.measurement == nil
        ? "the scores do not contain arrival times; give --measure 10s" : "nobody waited long enough to be counted"
    )
  }

  /// What is asked about, else what is to be admitted, else the rate at which people leave the queue now.
  private static func rate(_ inputs: AdviceInputs, admit: Double?, outflow: SourcedFigure) -> SourcedFigure {
    if let asked = inputs.rate { return SourcedFigure(asked, "--rate") }
    if let admit { return SourcedFigure(admit, "the planned admission rate") }
    if let leaving = outflow.value, leaving > 0 {
      return SourcedFigure(leaving, "the rate at which people leave the queue now")
    }
    return SourcedFigure(nil, "give --rate 420/min")
  }

  private static func outflow(_ inputs: AdviceInputs) -> SourcedFigure {
    guard let measured = inputs.measurement else { return SourcedFigure(nil, "give --measure 10s") }
    guard let left = measured.left else { return SourcedFigure(nil, "nobody waited long enough to be counted") }
    return SourcedFigure(
      Double(left) / measured.seconds, "measured: \(left.grouped) left the queue in \(seconds(measured.seconds))")
  }

  /// `9.8s`, `60s`.
  private static func seconds(_ seconds: Double) -> String {
    let tenths = Int((min(seconds, 1e12) * 10).rounded())
    return tenths.isMultiple(of: 10) ? "\(tenths / 10)s" : "\(tenths / 10).\(tenths % 10)s"
  }
}
