/// A ticket sale at one moment, made up from a scale, a random seed and that moment alone.
///
/// It is consistent: a seat with a living reservation is LOCKED and no other is, a COMPLETE reservation has a payment, the
/// latest payments and reservations have outbox events, and times follow one another as the service writes them.
public struct TicketSale: Sendable {
  public let scale: SeedScale
  public let seed: UInt64
  /// The moment, as milliseconds since 1970; everything else lies before or after it by a fixed time.
  public let now: Int

  /// In the order of their creation; the id is the index and one.
  let reservations: [Reservation]
  /// The indices of the COMPLETE reservations; the payment's id is the index here and one.
  let paid: [Int]
  /// In the order of their creation; the id is the index and one.
  let events: [Event]
  /// Whether the seat of this index is LOCKED.
  let isLocked: [Bool]

  static let dayMilliseconds = 86_400_000
  static let holdMilliseconds = 300_000

  struct Reservation: Sendable {
    enum Status: String {
      case waiting = "WAITING"
      case complete = "COMPLETE"
      case expired = "EXPIRED"
    }
    let status: Status
    let customer: Int
    let seat: Int
    let created: Int
    /// When it was paid, or ran out; for a WAITING one when it will.
    let settled: Int
    /// 0 for the newest of its status.
    let rank: Int
  }

  struct Event: Sendable {
    enum Kind: String {
      case created = "RESERVATION_CREATED"
      case paid = "PAYMENT_COMPLETED"
      case expired = "RESERVATION_EXPIRED"
    }
    enum Status: String {
      case initial = "INIT"
      case published = "PUBLISHED"
      case failed = "FAIL"
    }
    let kind: Kind
    let reservation: Int
    let created: Int
    var status = Status.published
  }

  public init(_ scale: SeedScale, seed: UInt64, now: Int) {
    self.scale = scale
    self.seed = seed
    self.now = now
    let seats = Self.livingSeats(scale, seed)
    reservations = Self.makeReservations(scale, seed, now, seats)
    var isLocked = [Bool](repeating: false, count: scale.seats)
    for seat in seats.waiting { isLocked[seat] = true }
    for seat in seats.complete { isLocked[seat] = true }
    self.isLocked = isLocked
    paid = reservations.indices.filter { [reservations] in reservations[$0].status == .complete }
    events = Self.makeEvents(scale, seed, now, reservations)
  }

  /// Whether the dates of an option lie ahead: the second half of each concert's.
  static func isAhead(option: Int, _ scale: SeedScale) -> Bool {
    option % scale.datesPerConcert >= scale.datesPerConcert / 2
  }

  /// Seven in the evening in Seoul; past dates are a week apart, coming ones three days.
  func date(option: Int) -> Int {
    let index = option % scale.datesPerConcert
    let half = scale.datesPerConcert / 2
    let days = index < half ? (index - half) * 7 : 1 + (index - half) * 3
    return now / Self.dayMilliseconds * Self.dayMilliseconds + days * Self.dayMilliseconds + 10 * 3_600_000
  }

  func price(seat: Int) -> Int {
    let number = seat % SeedScale.seatsPerDate
    let concert = seat / SeedScale.seatsPerDate / scale.datesPerConcert
    return (number < 10 ? 150_000 : number < 30 ? 110_000 : 80_000) + concert % 4 * 5_000
  }

  func customerName(_ customer: Int) -> String {
    var random = SeedRandom(seed: seed, stream: "customer", row: customer)
    return SaleNames.customer(&random)
  }

  /// Seats are held only for dates ahead; tickets were bought for past ones too.
  private static func livingSeats(_ scale: SeedScale, _ seed: UInt64) -> (waiting: [Int], complete: [Int]) {
    var random = SeedRandom(seed: seed, stream: "living seats")
    var waiting: [Int] = []
    var complete: [Int] = []
    for seat in random.choose(scale.seats, of: scale.seats) {
      if waiting.count < scale.waiting && isAhead(option: seat / SeedScale.seatsPerDate, scale) {
        waiting.append(seat)
      } else if complete.count < scale.complete {
        complete.append(seat)
      }
    }
    return (waiting, complete)
  }

  private static func makeReservations(
    _ scale: SeedScale, _ seed: UInt64, _ now: Int, _ seats: (waiting: [Int], complete: [Int])
  ) -> [Reservation] {
    var random = SeedRandom(seed: seed, stream: "reservation")
    var made: [Reservation] = []
    made.reserveCapacity(scale.reservations)
    for (rank, seat) in seats.complete.enumerated() {
      let paid = now - age(rank, recent: scale.paymentEvents, of: scale.complete) - random.below(900)
      // Paid within the five minutes of the hold.
      let created = paid - 20_000 - random.below(220_000)
      made.append(
        .init(
          status: .complete, customer: random.below(scale.customers), seat: seat, created: created, settled: paid,
          rank: rank))
    }
    for rank in 0..<scale.expired {
      let ended = now - age(rank, recent: scale.expiredEvents, of: scale.expired) - random.below(900)
      made.append(
        .init(
          status: .expired, customer: random.below(scale.customers), seat: random.below(scale.seats),
          created: ended - holdMilliseconds, settled: ended, rank: rank))
    }
    for (rank, seat) in seats.waiting.enumerated() {
      // One in ten should have run out already: the service's own clean-up is late, as it is in life.
      let age = rank % 10 == 9 ? holdMilliseconds + random.below(1_200_000) : random.below(holdMilliseconds)
      made.append(
        .init(
          status: .waiting, customer: random.below(scale.customers), seat: seat, created: now - age,
          settled: now - age + holdMilliseconds, rank: rank))
    }
    return made.sorted { ($0.created, $0.seat, $0.customer) < ($1.created, $1.seat, $1.customer) }
  }

  /// How long ago the one of this rank was settled: the recent ones within two days and ever denser, from 61 s on, the
  /// others evenly over the month before.
  private static func age(_ rank: Int, recent: Int, of total: Int) -> Int {
    let recentSpan = 2 * dayMilliseconds
    if rank < recent {
      let part = Double(rank) / Double(max(recent - 1, 1))
      return 61_000 + Int(part * part * Double(recentSpan - 61_000))
    }
    return recentSpan + (rank - recent) * (28 * dayMilliseconds) / max(total - recent, 1)
  }

  private static func makeEvents(_ scale: SeedScale, _ seed: UInt64, _ now: Int, _ reservations: [Reservation])
    -> [Event]
  {
    var events: [Event] = []
    events.reserveCapacity(scale.events)
    for (index, reservation) in reservations.enumerated() {
      switch reservation.status {
      case .complete:
        if reservation.rank < scale.createdEvents {
          events.append(Event(kind: .created, reservation: index, created: reservation.created))
        }
        if reservation.rank < scale.paymentEvents {
          events.append(Event(kind: .paid, reservation: index, created: reservation.settled))
        }
      case .expired where reservation.rank < scale.expiredEvents:
        events.append(Event(kind: .expired, reservation: index, created: reservation.settled))
      default: break
      }
    }
    events.sort { ($0.created, $0.reservation) < ($1.created, $1.reservation) }
    // Ages from a minute to a day; what is younger the service may be sending right now.
    let stuckAges = 60_000...(dayMilliseconds - holdMilliseconds)
    let candidates = events.indices.filter { stuckAges.contains(now - events[$0].created) }
    var random = SeedRandom(seed: seed, stream: "stuck")
    let stuck = random.choose(min(scale.stuckEvents, candidates.count), of: candidates.count)
    for (place, chosen) in stuck.enumerated() {
      events[candidates[chosen]].status = place < scale.initEvents ? .initial : .failed
    }
    return events
  }
}
