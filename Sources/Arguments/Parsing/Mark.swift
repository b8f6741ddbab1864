/// A stretch of the command line that a message points at.
public struct Mark: Hashable, Sendable {
  /// Which of the words that the parser was given.
  public var word: Int
  /// Which bytes of it; an empty range is the place before its lower bound, such as that of the value of `--name=`.
  public var bytes: Range<Int>

  public init(word: Int, bytes: Range<Int>) {
    self.word = word
    self.bytes = bytes
  }
}

/// A change of the command line after which it would run.
public struct Correction: Equatable, Sendable {
  /// Which words give way.
  public var words: Range<Int>
  public var replacement: [String]

  public init(words: Range<Int>, replacement: [String]) {
    self.words = words
    self.replacement = replacement
  }

  /// The words with the change; as they are where they are not the ones that the error is about.
  public func applied(to words: [[UInt8]]) -> [[UInt8]] {
    guard self.words.upperBound <= words.count else { return words }
    return words[..<self.words.lowerBound] + replacement.map { Array($0.utf8) } + words[self.words.upperBound...]
  }
}
