import Testing

@testable import Sandbox

@Suite("a seed's random numbers")
struct SeedRandomTests {
  @Test("are the same on every machine and in every version")
  func pinned() {
    var random = SeedRandom(seed: 1, stream: "customer", row: 7)
    let first = (0..<3).map { _ in random.next() }
    var again = SeedRandom(seed: 1, stream: "customer", row: 7)
    #expect(first == (0..<3).map { _ in again.next() })
    #expect(first == pinnedNumbers)
  }

  @Test("differ with the seed, the stream and the row")
  func streams() {
    var seen: Set<UInt64> = []
    for seed: UInt64 in [0, 1, 2, .max] {
      for stream in ["customer", "reservation", "living seats", "stuck", "published", "queries", "waiting", "active"] {
        for row in [0, 1, 2, 1_000_000] {
          var random = SeedRandom(seed: seed, stream: stream, row: row)
          seen.insert(random.next())
        }
      }
    }
    #expect(seen.count == 4 * 8 * 4)
  }

  @Test("stay below their bound and reach all that is below it", arguments: [1, 2, 7, 50])
  func below(bound: Int) {
    var random = SeedRandom(seed: 3, stream: "below")
    let numbers = (0..<bound * 60).map { _ in random.below(bound) }
    #expect(Set(numbers) == Set(0..<bound))
  }

  @Test(
    "a choice takes each place once at most, and another seed chooses otherwise",
    arguments: [(0, 0), (0, 9), (1, 1), (5, 9), (9, 9)])
  func choose(count: Int, total: Int) {
    var random = SeedRandom(seed: 3, stream: "choice")
    let chosen = random.choose(count, of: total)
    #expect(chosen.count == count)
    #expect(Set(chosen).count == count)
    #expect(chosen.allSatisfy { (0..<total).contains($0) })
  }

  @Test("over many choices every place comes about as often")
  func fair() {
    var counts = [Int](repeating: 0, count: 10)
    for row in 0..<2_000 {
      var random = SeedRandom(seed: 3, stream: "fair", row: row)
      for place in random.choose(3, of: 10) { counts[place] += 1 }
    }
    // 600 are to be expected of each; these numbers are the same in every run.
    #expect(counts.allSatisfy { (500...700).contains($0) }, "\(counts)")
  }
}

@Suite("a table's rows on their way")
struct SeedTableTests {
  /// A table of rows of about a kilobyte.
  private func table(_ count: Int) -> SeedTable {
    SeedTable(name: "t", columns: ["id", "text"], count: count) { index, row in
      row.integer(index + 1)
      row.text(String(repeating: "x", count: 1_000))
    }
  }

  @Test("come in blocks of whole rows, in order, however many there are", arguments: [0, 1, 64, 65, 66, 1_000])
  func blocks(count: Int) {
    var ids: [Int] = []
    var sizes: [Int] = []
    table(count).write { bytes in
      #expect(bytes.last == UInt8(ascii: "\n"))
      sizes.append(bytes.count)
      for line in bytes.split(separator: UInt8(ascii: "\n")) {
        ids.append(Int(String(decoding: line.prefix { $0 != UInt8(ascii: "\t") }, as: UTF8.self)) ?? -1)
      }
    }
    #expect(ids == Array(0..<count).map { $0 + 1 })
    #expect(sizes.allSatisfy { $0 > 0 && $0 < 70_000 })
    #expect(sizes.dropLast().allSatisfy { $0 > 65_536 })
  }

  @Test("a block that cannot be written ends it there")
  func fails() {
    struct Full: Error {}
    var blocks = 0
    #expect(throws: Full.self) {
      try table(1_000).write { _ in
        blocks += 1
        if blocks == 2 { throw Full() }
      }
    }
    #expect(blocks == 2)
  }

  @Test("the statement names the columns in the rows' order")
  func statement() {
    #expect(table(1).copyStatement == "COPY t (id, text) FROM STDIN")
    let sale = TicketSale(tiny, seed: 1, now: moment)
    for table in sale.tables where table.count > 0 {
      var row = CopyText()
      table.write(0, &row)
      #expect(row.bytes.count { $0 == UInt8(ascii: "\t") } == table.columns.count - 1, "\(table.name)")
    }
    #expect(sale.tables.map(\.count).reduce(0, +) == tiny.rows)
  }
}

/// What they are has no meaning, that they stay does.
private let pinnedNumbers: [UInt64] = [
  17_881_214_799_309_983_832, 10_942_713_900_986_962_175, 5_971_418_394_950_281_449,
]
