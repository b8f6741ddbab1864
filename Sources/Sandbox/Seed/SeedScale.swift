/// How much of everything a seed makes.
public struct SeedScale: Equatable, Sendable {
  public let name: String
  public var concerts: Int
  public var datesPerConcert: Int
  public var customers: Int
  /// Reservations by their status.
  public var complete: Int
  public var waiting: Int
  public var expired: Int
  /// Outbox events by their type; each belongs to one of the latest payments or reservations.
  public var paymentEvents: Int
  public var createdEvents: Int
  public var expiredEvents: Int
  /// How many of the events are stuck, by their status.
  public var initEvents: Int
  public var failEvents: Int
  public var waitingTokens: Int
  public var activeTokens: Int
  /// Over how long the waiting people arrived.
  public var arrivalMilliseconds: Int
  /// How often the sale's typical queries run, so that pg_stat_statements has a story.
  public var seatSearches: Int
  public var cheapQueries: Int

  public static let seatsPerDate = 50
  public var options: Int { concerts * datesPerConcert }
  public var seats: Int { options * Self.seatsPerDate }
  public var reservations: Int { complete + waiting + expired }
  public var events: Int { paymentEvents + createdEvents + expiredEvents }
  public var stuckEvents: Int { initEvents + failEvents }
  /// All rows in all tables.
  public var rows: Int { concerts + options + seats + customers + reservations + complete + events }

  /// The service's own start: 5,000 seats.
  public static let small = SeedScale(
    name: "small", concerts: 10, datesPerConcert: 10, customers: 2_000, complete: 1_800, waiting: 60, expired: 640,
    paymentEvents: 600, createdEvents: 350, expiredEvents: 50, initEvents: 140, failEvents: 60, waitingTokens: 2_000,
    activeTokens: 84, arrivalMilliseconds: 5 * 60_000, seatSearches: 120, cheapQueries: 200)

  /// A season of a national service: 540,000 seats.
  public static let large = SeedScale(
    name: "large", concerts: 1_080, datesPerConcert: 10, customers: 200_000, complete: 240_000, waiting: 2_000,
    expired: 58_000, paymentEvents: 60_000, createdEvents: 35_000, expiredEvents: 5_000, initEvents: 14_000,
    failEvents: 6_000, waitingTokens: 50_000, activeTokens: 2_100, arrivalMilliseconds: 20 * 60_000,
    seatSearches: 40, cheapQueries: 1_000)

  public static let all = [small, large]
}
