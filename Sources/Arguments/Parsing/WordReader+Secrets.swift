/// What must not be shown although it isn't understood.
extension WordReader {
  /// Every option of the program whose value is a secret, also those that aren't accepted here.
  var secretOptions: [any OptionDeclaration] {
    CommandPath(path.root).all.flatMap(\.command.options).filter(\.details.isSecret)
  }

  /// Notes what may be the secret of an option that was misspelt, or that another command has.
  mutating func maskUnknown(_ flag: String, value: String?, at mark: Mark) {
    let names = secretOptions.flatMap { [$0.details.name] + $0.details.formerNames }
    guard !Suggestions.nearest(to: String(flag.dropFirst(2)), among: names).isEmpty else { return }
    if value != nil {
      secrets.append(Mark(word: mark.word, bytes: (mark.bytes.upperBound + 1)..<words[mark.word].count))
    } else if next < words.count {
      secrets.append(Mark(word: next, bytes: 0..<words[next].count))
    }
  }

  /// Notes what stands behind a letter, or the next word behind the last one.
  mutating func maskRest(of mark: Mark) {
    if mark.bytes.upperBound < words[mark.word].count {
      secrets.append(Mark(word: mark.word, bytes: mark.bytes.upperBound..<words[mark.word].count))
    } else if next < words.count {
      secrets.append(Mark(word: next, bytes: 0..<words[next].count))
    }
  }

  /// Where the value of a secret option begins in a word that is no UTF-8.
  func secretStart(in bytes: [UInt8]) -> Int? {
    guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")), let start = Word.text(Array(bytes[..<equals])) else {
      return nil
    }
    let isSecret = secretOptions.contains { $0.details.flag.hasSameBytes(as: start) }
    return isSecret ? equals + 1 : nil
  }
}
