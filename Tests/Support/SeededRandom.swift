/// The same numbers in every run, so that a failure can be met again.
///
/// Source: SplitMix64, Steele, Lea and Flood 2014.
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Up to so many bytes, each taken from the alphabet.
  public mutating func bytes(from alphabet: String, upTo length: Int) -> [UInt8] {
    let letters = Array(alphabet.utf8)
    return (0..<Int.random(in: 0...length, using: &self)).map { _ in letters.randomElement(using: &self) ?? 0 }
  }
}
