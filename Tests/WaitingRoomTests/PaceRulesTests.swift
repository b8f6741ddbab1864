import Testing

@testable import WaitingRoom

@Suite("the arithmetic of a pace")
struct PaceRulesTests {
  @Test(
    "a run has rate times time turns, rounded up, and never one too many for a rate that is no binary fraction",
    arguments: [
      (7.0, 600.0, 4200), (7, 60, 420), (7, 1, 7), (1.0 / 3600, 60, 1), (7, 0.1, 1), (1.0 / 3, 3, 1),
      (1.0 / 3, 4, 2), (0.1, 10, 1), (0.1, 10.5, 2), (1000, 1.5, 1500), (100_000, 86_400, 8_640_000_000), (3, 0, 0),
      (1e15, 86_400, 9_000_000_000_000_000),
    ] as [(Double, Double, Int)])
  func turns(perSecond: Double, seconds: Double, turns: Int) {
    #expect(Pace(perSecond: perSecond).turns(within: seconds * 1_000_000) == turns)
  }

  @Test("every rate a minute gives its number for a minute, and ten times that for ten")
  func whole() {
    for number in 1...5000 {
      let pace = Pace(perSecond: Double(number) / 60)
      #expect(pace.turns(within: 60_000_000) == number)
      #expect(pace.turns(within: 600_000_000) == number * 10)
    }
  }

  @Test(
    "looks come twenty a second, and more often where half a batch would come in between",
    arguments: [(7.0, 50_000), (1000, 50_000), (5000, 50_000), (10_000, 25_000), (100_000, 2500), (1e9, 200)]
      as [(Double, Int)])
  func steps(perSecond: Double, microseconds: Int) {
    #expect(Pace(perSecond: perSecond).stepMicroseconds == microseconds)
  }

  /// A book of ten a second, in a world where the time is small.
  private static let book = PaceBook(next: 10_000_000, interval: 100_000, last: 9_900_000)

  @Test(
    "a run goes on with the turns of its forerunner for two seconds, and begins anew later or after the clock was set back",
    arguments: [
      (10_000_000.0, 10_000_000.0), (9_950_000, 10_000_000), (9_900_000, 10_000_000), (11_000_000, 10_000_000),
      (12_000_000, 10_000_000), (12_000_001, 12_000_001), (99_000_000, 99_000_000), (9_800_000, 9_800_000),
      (1_000_000, 1_000_000),
    ] as [(Double, Double)])
  func first(now: Double, first: Double) { #expect(Self.book.first(now: now) == first) }

  @Test(
    "turns are due when their time has come, and a standstill is caught up at double the pace",
    arguments: [
      (9_999_999.0, 0), (10_000_000, 1), (10_050_000, 1), (10_099_999, 1), (10_100_000, 2),
      // 250 ms are what a standstill may bring at once: five at double the pace of ten a second.
      (10_200_000, 3), (10_400_000, 5), (11_000_000, 5), (90_000_000, 5),
      (1_000_000, 1),
    ] as [(Double, Int)])
  func due(now: Double, turns: Int) { #expect(Self.book.due(now: now, Pace(perSecond: 10)) == turns) }

  @Test("a pace of less than one in a quarter of a second has its turns too")
  func slow() {
    let book = PaceBook(next: 100_000_000, interval: 60_000_000, last: 40_000_000)
    let pace = Pace(perSecond: 1.0 / 60)
    #expect(book.due(now: 99_999_999, pace) == 0)
    #expect(book.due(now: 100_000_000, pace) == 1)
    #expect(book.due(now: 500_000_000, pace) == 2)
  }

  @Test(
    "the turns of a run are less what was taken in advance, and never more than rate times time",
    arguments: [
      (10_000_000.0, 600), (9_900_000, 599), (9_950_000, 600), (11_500_000, 600), (50_000_000, 600),
    ] as [(Double, Int)])
  func after(now: Double, turns: Int) {
    let run = PacedRun(Pace(perSecond: 10), for: .seconds(60))
    #expect(run.turns(now: now, after: Self.book) == turns)
    #expect(run.turns(now: now, after: nil) == 600)
    #expect(PacedRun(Pace(perSecond: 10)).turns(now: now, after: Self.book) == nil)
  }

  @Test("a run whose time lies before the next turn has none")
  func taken() {
    let book = PaceBook(next: 3_600_000_000, interval: 3_600_000_000, last: 0)
    let run = PacedRun(Pace(perSecond: 1.0 / 3600), for: .seconds(60))
    #expect(run.turns(now: 60_000_000, after: book) == 0)
    #expect(run.turns(now: 3_540_000_000, after: book) == 0)
    #expect(run.turns(now: 3_540_100_000, after: book) == 1)
  }
}
