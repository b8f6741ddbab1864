import Text

/// Finds what must not be shown in words that were not understood.
extension WordReader {
  /// All options of the program whose value is a secret, including those that are not accepted here.
  var secretOptions: [any OptionDeclaration] {
    CommandPath(path.root).all.flatMap(\.command.options).filter(\.details.isSecret)
  }

  /// Notes what may be the secret of an option that was misspelt, or that another command has.
  ///
  /// - Parameters:
  ///   - flag: with two hyphens, although one may have been typed.
  ///   - mark: its place, up to its `=`.
  /// - Returns: the flag as it can be shown, where its end may be a secret: `--redis...` for `--redis:hunter2`.
  @discardableResult
  mutating func maskUnknown(_ flag: String, value: String?, at mark: Mark) -> String? {
    let names = secretOptions.flatMap { [$0.details.name] + $0.details.formerNames }
    let name = flag.hasPrefix("--no-") ? flag.utf8.dropFirst(5) : flag.utf8.dropFirst(2)
    let start = names.filter { name.starts(with: $0.utf8) }.map(\.utf8.count).max()
    guard start != nil || !Spelling.nearest(to: String(Substring(name)), among: names).isEmpty else { return nil }
    let rest = start.map { name.dropFirst($0) } ?? name.suffix(0)
    guard WordReader.isPartOfName(rest) else {
      let bytes = (mark.bytes.upperBound - rest.count)..<words[mark.word].count
      secrets.append(Mark(word: mark.word, bytes: bytes))
      return String(Substring(flag.utf8.dropLast(rest.count))) + "..."
    }
    if value != nil {
      secrets.append(Mark(word: mark.word, bytes: (mark.bytes.upperBound + 1)..<words[mark.word].count))
    } else if next < words.count {
      secrets.append(Mark(word: next, bytes: 0..<words[next].count))
    }
    return nil
  }

  /// Notes the rest of the word after a letter, or the next word after the last letter.
  mutating func maskRest(of mark: Mark) {
    if mark.bytes.upperBound < words[mark.word].count {
      secrets.append(Mark(word: mark.word, bytes: mark.bytes.upperBound..<words[mark.word].count))
    } else if next < words.count {
      secrets.append(Mark(word: next, bytes: 0..<words[next].count))
    }
  }

  /// Notes what may be a secret in or after a word that is not valid UTF-8.
  ///
  /// - Returns: where it begins in the word.
  mutating func maskBytes(at index: Int) -> Int? {
    let bytes = words[index]
    let text = String(decoding: bytes.prefix(Word.firstInvalid(in: bytes)), as: UTF8.self)
    guard Word.isOptionLike(text) || bytes.first == UInt8(ascii: "-") else { return nil }
    let count = secrets.count
    // Names are ASCII: without its bad bytes, one may still be told. The mark is then too early, and more is hidden.
    let equals = bytes.firstIndex(of: UInt8(ascii: "="))
    let typed = String(decoding: bytes.prefix(equals ?? bytes.count).filter { $0 < 0x80 }, as: UTF8.self)
    let flag = typed.hasPrefix("--") ? typed : "-" + typed
    if !options.contains(where: { !$0.details.isSecret && $0.flags.contains { $0.hasSameBytes(as: flag) } }) {
      maskUnknown(flag, value: equals == nil ? nil : "", at: Mark(word: index, bytes: 0..<typed.utf8.count))
    }
    if !text.hasPrefix("--") { maskLetters(of: text, at: index) }
    return secrets[count...].filter { $0.word == index }.map(\.bytes.lowerBound).min()
  }

  /// Notes what follows the letter of a secret option, unless it is the value of an earlier letter.
  private mutating func maskLetters(of bundle: String, at index: Int) {
    var end = 1
    for letter in bundle.unicodeScalars.dropFirst() where letter != "=" {
      let mark = Mark(word: index, bytes: end..<(end + letter.utf8.count))
      end = mark.bytes.upperBound
      if secretOptions.contains(where: { $0.hasShort(letter) }) { return maskRest(of: mark) }
      if option(short: letter)?.form.valueForm != nil { return }
    }
  }

  /// Whether this may end the name of an option, as in `--redis-url`, rather than be a value without its blank.
  private static func isPartOfName(_ rest: Substring.UTF8View) -> Bool {
    guard rest.allSatisfy({ $0.isASCIILetter || $0 == UInt8(ascii: "-") }) else { return false }
    return rest.count <= 2 || rest.first == UInt8(ascii: "-")
  }
}
