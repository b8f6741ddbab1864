/// Words that begin with a hyphen.
extension WordReader {
  /// `--name`, `--name=value`, `--name value`, `--no-name`.
  mutating func readLong(_ word: String, at index: Int) {
    let body = word.utf8.dropFirst(2)
    let equals = body.firstIndex(of: UInt8(ascii: "="))
    let name = String(Substring(body[..<(equals ?? body.endIndex)]))
    let value = equals.map { String(Substring(body[body.index(after: $0)...])) }
    let whole = Mark(word: index, bytes: 0..<word.utf8.count)
    let flagMark = Mark(word: index, bytes: 0..<(name.utf8.count + 2))
    let valueMark = Mark(word: index, bytes: (name.utf8.count + 3)..<max(name.utf8.count + 3, word.utf8.count))
    guard let (option, isOn) = option(long: name) else {
      return failUnknownOption("--" + name, value: value, at: flagMark)
    }
    switch option.form {
    case .toggle, .counter:
      if let value { return failUnwanted(value, of: option, written: "--" + name, isOn: isOn, at: index) }
      if !asks(for: option, isShort: false) { add(.switched(isOn), to: option, at: whole) }
    case .value, .list:
      guard let value else { return readValue(of: option, after: flagMark) }
      noteSecret(option, valueMark)
      add(.text(value), to: option, at: whole, value: valueMark)
    }
  }

  /// `-abc`, `-n5`, `-abn 5`.
  mutating func readBundle(_ word: String, at index: Int) {
    // Read as `-p assword`, the word after `-password` would be an operand, and shown.
    let long = Word.withSecondHyphen(word)
    if options.contains(where: { $0.details.isSecret && $0.details.flag.hasSameBytes(as: long) }) {
      return failSingleHyphen(word, at: index)
    }
    let scalars = Array(word.unicodeScalars)
    var end = 1
    for position in scalars.indices.dropFirst() {
      let letter = scalars[position]
      let mark = Mark(word: index, bytes: end..<(end + letter.utf8.count))
      end = mark.bytes.upperBound
      guard let option = option(short: letter) else {
        return failUnknownLetter(letter, of: word, at: mark)
      }
      let isLast = position == scalars.count - 1
      let isEquals = !isLast && scalars[position + 1] == "="
      let rest = { (count: Int) in String(String.UnicodeScalarView(scalars[(position + count)...])) }
      switch option.form {
      case .toggle, .counter:
        if isEquals {
          return failUnwanted(rest(2), of: option, written: "-\(letter)", isOn: true, at: index)
        }
        if !asks(for: option, isShort: true) { add(.switched(true), to: option, at: mark) }
      case .value, .list:
        if isLast { return readValue(of: option, after: mark) }
        let valueMark = Mark(word: index, bytes: end..<word.utf8.count)
        noteSecret(option, valueMark)
        if isEquals { return failAttachedEquals(rest(2), of: option, letter, at: mark) }
        return add(.text(rest(1)), to: option, at: mark, value: valueMark)
      }
    }
  }

  /// The next word as the option's value; a word like an option stays where it is.
  private mutating func readValue(of option: any OptionDeclaration, after mark: Mark) {
    guard let form = option.form.valueForm else { return }
    guard next < words.count else {
      awaiting = option
      let missing = UsageError.Missing(name: option.details.flag, help: option.details.help)
      return fail(.missingValue(option: missing, expected: form.expected, example: form.example), at: [mark])
    }
    let valueMark = Mark(word: next, bytes: 0..<words[next].count)
    guard let word = Word.text(words[next]) else {
      next += 1
      noteSecret(option, valueMark)
      let kind: UsageError.Kind =
        option.details.isSecret
        ? .secretNotUTF8(option: option.details.flag) : .notUTF8(Word.escaped(words[valueMark.word]))
      return fail(kind, at: [badBytes(of: valueMark.word)])
    }
    if Word.isOptionLike(word), !(form.isNumeric && Word.isNegativeNumber(word)) {
      if option.details.isSecret { secrets.append(valueMark) }
      return fail(
        .optionAsValue(option: option.details.flag, word: option.details.isSecret ? "" : word), at: [mark, valueMark])
    }
    next += 1
    noteSecret(option, valueMark)
    add(.text(word), to: option, at: mark, value: valueMark)
  }

  private mutating func noteSecret(_ option: any OptionDeclaration, _ mark: Mark) {
    if option.details.isSecret { secrets.append(mark) }
  }
}
