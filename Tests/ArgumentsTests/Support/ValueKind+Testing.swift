import Testing

@testable import Arguments

/// How the tests ask a kind of value.
extension ValueKind {
  /// The value, or nothing where the word is refused.
  func reads(_ word: String) -> Value? { try? parse(word) }

  /// What is said beyond what was expected when the word is refused.
  func hint(for word: String) throws -> String? {
    do {
      let value = try parse(word)
      throw Accepted(value: "\(value)")
    } catch let mismatch as ValueMismatch {
      return mismatch.hint
    }
  }

  struct Accepted: Error { var value: String }
}

extension ValueKind where Value: Equatable {
  /// Values that nobody chose, printed and read again; and again, so that the printed form is stable.
  func survivesPrinting(
    rounds: Int = 5000, seed: UInt64 = 20_250_301, _ make: (inout SeededRandom) -> Value,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<rounds { try survivesPrinting([make(&random)], sourceLocation: sourceLocation) }
  }

  func survivesPrinting(_ values: [Value], sourceLocation: SourceLocation = #_sourceLocation) throws {
    for value in values {
      let text = print(value)
      let again = try parse(text)
      #expect(again == value, "\(value) was printed as \(text)", sourceLocation: sourceLocation)
      #expect(print(again) == text, sourceLocation: sourceLocation)
    }
  }
}

extension SeededRandom {
  /// A number from one to all bits long, because small ones matter as much as large ones.
  mutating func magnitude(bits: Int = 63) -> Int {
    Int(next() >> UInt64(64 - Int.random(in: 1...bits, using: &self)))
  }
}
