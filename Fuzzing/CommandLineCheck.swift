import Arguments

/// Lists of words made of an input.
struct CommandLineCheck {
  private let promises: Promises
  private let vocabulary: [[UInt8]]

  init(_ root: CommandSpecification) {
    promises = Promises(parser: Parser(root))
    vocabulary = Vocabulary(root).words
  }

  func run(_ input: [UInt8]) {
    var words = decode(input.dropFirst())
    // One input in four says what all variables and a file hold.
    let given = input.first.map { $0 & 3 == 3 } ?? false ? words.popLast() : nil
    show("words: \(words.map(shown)), variables and file: \(given.map(shown) ?? "none")")
    let text = given.flatMap { String(validating: $0, as: UTF8.self) }
    let file = text.map { ["output": $0, "timeout": $0, "level": $0, "compress": $0] } ?? [:]
    let width = words.count.isMultiple(of: 2) ? 40 : 80
    expect(promises.check(words, variable: given, file: file, width: width).broken)
  }

  /// Literal bytes, 0 for the end of a word, and 1 with two more for a word of the vocabulary, so that chance gets to the
  /// commands.
  private func decode(_ input: ArraySlice<UInt8>) -> [[UInt8]] {
    var words: [[UInt8]] = []
    var word: [UInt8]?
    var rest = input
    while let byte = rest.popFirst() {
      switch byte {
      case 0:
        words.append(word ?? [])
        word = nil
      case 1:
        let index = Int(rest.popFirst() ?? 0) << 8 | Int(rest.popFirst() ?? 0)
        word = (word ?? []) + vocabulary[index % vocabulary.count]
      default: word = (word ?? []) + [byte]
      }
    }
    return word.map { words + [$0] } ?? words
  }

  private func shown(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self).debugDescription }
}
