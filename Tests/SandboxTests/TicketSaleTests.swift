import Testing

@testable import Sandbox

@Suite("a ticket sale, before it is written")
struct TicketSaleTests {
  /// All that a sale writes, as one number (FNV-1a).
  private func checksum(_ sale: TicketSale) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ bytes: [UInt8]) {
      for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    for table in sale.tables { table.write { add($0) } }
    for command in sale.redisCommands() { for word in command { add(word.bytes) } }
    return hash
  }

  @Test("the same seed and moment make the same sale, another seed or moment another one")
  func deterministic() {
    let sale = TicketSale(tiny, seed: 7, now: moment)
    #expect(checksum(sale) == checksum(TicketSale(tiny, seed: 7, now: moment)))
    #expect(checksum(sale) != checksum(TicketSale(tiny, seed: 8, now: moment)))
    #expect(checksum(sale) != checksum(TicketSale(tiny, seed: 7, now: moment + 1)))
  }

  @Test("this very sale is made on every machine and by every version")
  func pinned() {
    let sale = TicketSale(tiny, seed: 1, now: moment)
    var first: [String] = []
    for table in sale.tables {
      var row = CopyText()
      table.write(0, &row)
      first.append("\(table.name): \(String(decoding: row.bytes, as: UTF8.self).replacing("\t", with: "|"))")
    }
    #expect(first.joined(separator: "\n") == pinnedRows)
  }

  @Test("the large scale has the promised numbers")
  func large() {
    let scale = SeedScale.large
    #expect(scale.seats == 540_000)
    #expect(scale.customers == 200_000)
    #expect(scale.reservations == 300_000)
    #expect(scale.events == 100_000)
    #expect(scale.stuckEvents == 20_000)
    #expect(scale.waitingTokens == 50_000)
    #expect(scale.activeTokens == 2_100)
    #expect(SeedScale.small.seats == 5_000)
    #expect(SeedScale.small.concerts == 10 && SeedScale.small.datesPerConcert == 10)
  }

  @Test("a scale asks for no more than it has", arguments: SeedScale.all + [tiny])
  func possible(scale: SeedScale) {
    #expect(scale.complete + scale.waiting <= scale.seats)
    #expect(scale.waiting <= scale.seats / 2)
    #expect(scale.paymentEvents <= scale.complete)
    #expect(scale.createdEvents <= scale.complete)
    #expect(scale.expiredEvents <= scale.expired)
    #expect(scale.stuckEvents <= scale.events)
  }

  @Test("events that are stuck are as many as promised, between a minute and a day old", arguments: [tiny, .small])
  func stuck(scale: SeedScale) {
    let sale = TicketSale(scale, seed: 3, now: moment)
    #expect(sale.events.count == scale.events)
    #expect(sale.events.count { $0.status == .initial } == scale.initEvents)
    #expect(sale.events.count { $0.status == .failed } == scale.failEvents)
    let ages = sale.events.filter { $0.status != .published }.map { moment - $0.created }
    #expect(ages.allSatisfy { (60_000...86_400_000).contains($0) })
    #expect(Set(sale.events.map(\.kind)).count == 3)
    #expect(zip(sale.events, sale.events.dropFirst()).allSatisfy { $0.created <= $1.created })
  }

  @Test("half of the dates lie ahead, at seven in the evening in Seoul")
  func dates() {
    let sale = TicketSale(tiny, seed: 3, now: moment)
    let dates = (0..<tiny.options).map { sale.date(option: $0) }
    #expect(dates.count { $0 > moment } == tiny.options / 2)
    #expect(dates.allSatisfy { ($0 / 3_600_000 + 9) % 24 == 19 })
    for option in 0..<tiny.options { #expect(TicketSale.isAhead(option: option, tiny) == (dates[option] > moment)) }
  }

  @Test("every concert of the large scale has a name of its own")
  func concertNames() {
    #expect(Set((0..<SeedScale.large.concerts).map { SaleNames.concert($0) }).count == SeedScale.large.concerts)
  }

  @Test("most customers have Korean names, and some have names that break careless programs")
  func customerNames() {
    let sale = TicketSale(.small, seed: 1, now: moment)
    let names = (0..<2_000).map { sale.customerName($0) }
    let korean = names.filter { name in name.unicodeScalars.allSatisfy { (0xac00...0xd7a3).contains($0.value) } }
    #expect((1_900..<2_000).contains(korean.count))
    #expect(names.contains { $0.contains("\"") } && names.contains { $0.contains("\\") })
  }

  @Test("tokens are distinct UUIDs, and nobody arrived in the future")
  func tokens() throws {
    let commands = TicketSale(.small, seed: 1, now: moment).redisCommands()
    let words = commands.filter { $0[0].text == "ZADD" }.flatMap { $0.dropFirst(2) }.map(\.text)
    let scores = stride(from: 0, to: words.count, by: 2).compactMap { Int(words[$0]) }
    let tokens = stride(from: 1, to: words.count, by: 2).map { words[$0] }
    #expect(Set(tokens).count == 2_000)
    #expect(
      tokens.allSatisfy {
        $0.wholeMatch(of: #/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#) != nil
      })
    #expect(scores.count == 2_000)
    #expect(scores.allSatisfy { (moment - 300_000...moment).contains($0) })
  }
}

@Suite("COPY's text format")
struct CopyTextTests {
  @Test("fields are separated and escaped")
  func escaping() {
    var row = CopyText()
    row.integer(0)
    row.integer(-12)
    row.text("a\tb\\c\nd\re 서연")
    row.null()
    row.text("")
    row.instant(0)
    row.endRow()
    row.integer(7)
    #expect(
      String(decoding: row.bytes, as: UTF8.self)
        == "0\t-12\ta\\tb\\\\c\\nd\\re 서연\t\\N\t\t1970-01-01T00:00:00.000Z\n7")
  }
}

/// The first row of each table of the tiny sale with seed 1: what it is has no meaning, that it stays does.
private let pinnedRows = """
  customer: 1|윤현우|790000
  concert: 1|별하나 전국투어 · 서울
  concert_option: 1|1|2026-11-04T10:00:00.000Z
  seat: 1|1|1|150000|LOCKED|1
  reservation: 1|38|221|115000|COMPLETE|2026-10-20T20:39:29.296Z|2026-10-20T20:44:29.296Z
  payment: 1|1|115000|2026-10-20T20:42:39.932Z
  outbox_event: 1|34|RESERVATION|RESERVATION_EXPIRED|{"reservationId":34,"customerId":40,"customerName":"김다은","seatId":342,\
  "amount":85000,"expiredAt":"2026-11-16T11:06:39.370Z"}|PUBLISHED|2026-11-16T11:06:39.370Z|2026-11-16T11:06:39.776Z
  """
