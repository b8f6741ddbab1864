/// Random numbers that are the same on every machine for the same seed and the same row.
///
/// Every row draws from a stream of its own, so a table's content depends neither on the order in which rows are written
/// nor on other tables. Source: SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators).
struct SeedRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64, stream: String, row: Int = 0) {
    state = seed
    for byte in stream.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
    state &+= UInt64(truncatingIfNeeded: row) &* 0xd134_2543_de82_ef95
    _ = next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  /// A number from 0 to below the bound; the bias of the remainder is beyond notice for bounds of this size.
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// The first `count` places of a random order of the numbers from 0 to below `total` (Fisher and Yates).
  mutating func choose(_ count: Int, of total: Int) -> [Int] {
    var numbers = Array(0..<total)
    for place in 0..<count { numbers.swapAt(place, place + below(total - place)) }
    return Array(numbers.prefix(count))
  }
}
