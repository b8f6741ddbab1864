/// Reads the words from left to right: which command, which options with which values, which operands.
///
/// The first mistake is kept and reading goes on, because a later `--help` wins over it.
struct WordReader {
  private(set) var path: CommandPath {
    didSet { options = path.options }
  }
  /// What is accepted at `path`.
  private(set) var options: [any OptionDeclaration]
  /// The command that `help` was asked about.
  private(set) var topic: CommandPath?
  private(set) var helpStyle: HelpPage.Style?
  private(set) var wantsVersion = false
  private(set) var error: UsageError?
  private(set) var operands: [String] = []
  /// The values so far, by flag.
  private(set) var given: [String: any Sendable] = [:]
  private(set) var warnings: [String] = []
  private var words: ArraySlice<[UInt8]> = []
  /// Whether a command was unknown, so that the operands after it belong to nothing known.
  private var isLost = false

  init(root: CommandSpecification) {
    path = CommandPath(root)
    options = path.options
  }

  mutating func read(_ all: [[UInt8]]) {
    words = all[...]
    var optionsEnded = false
    while let bytes = words.popFirst() {
      guard let word = Word.text(bytes) else {
        fail(.notUTF8(Word.escaped(optionsEnded ? bytes : withoutSecret(bytes))))
        continue
      }
      if optionsEnded || !Word.isOptionLike(word) || isNegativeOperand(word) {
        readOperand(word)
      } else if word == "--" {
        optionsEnded = true
      } else if word.hasPrefix("--") {
        readLong(word)
      } else {
        readBundle(word)
      }
    }
  }

  // MARK: Operands and commands

  private mutating func readOperand(_ word: String) {
    if let topic {
      guard let next = topic.command.subcommands.first(where: { $0.name.hasSameBytes(as: word) }) else {
        return fail(at: topic) { .unknownCommand(word, suggestions: Suggestions.commands(word, at: $0)) }
      }
      self.topic = topic.appending(next)
    } else if path.command.subcommands.isEmpty {
      operands.append(word)
    } else if let next = path.command.subcommands.first(where: { $0.name.hasSameBytes(as: word) }) {
      if !isLost { path = path.appending(next) }
    } else if word == BuiltIn.help.name {
      if !isLost { topic = path }
    } else {
      isLost = true
      fail { .unknownCommand(word, suggestions: Suggestions.commands(word, at: $0)) }
    }
  }

  /// Whether `-5` stands where a numeric operand is due, and no digit is a short option.
  private func isNegativeOperand(_ word: String) -> Bool {
    guard Word.isNegativeNumber(word), path.command.subcommands.isEmpty else { return false }
    let declared = path.command.operands
    let next =
      operands.count < declared.count ? declared[operands.count] : declared.last.flatMap { $0.isList ? $0 : nil }
    guard let next, next.form.isNumeric else { return false }
    return !options.contains { $0.details.short?.isNumber ?? false }
  }

  // MARK: Options

  /// `--name`, `--name=value`, `--name value`, `--no-name`.
  private mutating func readLong(_ word: String) {
    let body = word.utf8.dropFirst(2)
    let equals = body.firstIndex(of: UInt8(ascii: "="))
    let name = String(Substring(body[..<(equals ?? body.endIndex)]))
    let value = equals.map { String(Substring(body[body.index(after: $0)...])) }
    guard let (option, isOn) = option(long: name) else {
      return fail { Suggestions.unknownOption("--" + name, at: $0) }
    }
    switch option.form {
    case .toggle, .counter:
      if let value { return fail(.unwantedValue(option: "--" + name, value: value)) }
      add(.switched(isOn), to: option)
    case .value, .list:
      if let value {
        add(.text(value), to: option)
      } else {
        readValue(of: option)
      }
    }
  }

  /// `-abc`, `-n5`, `-abn 5`.
  private mutating func readBundle(_ word: String) {
    var letters = word.unicodeScalars.dropFirst()
    while let letter = letters.popFirst() {
      guard let option = option(short: letter) else {
        return fail { Suggestions.unknownShort(letter, in: word, at: $0) }
      }
      let isEquals = letters.first == "="
      switch option.form {
      case .toggle, .counter:
        if isEquals { return fail(.unwantedValue(option: "-\(letter)", value: String(letters.dropFirst()))) }
        add(.switched(true), to: option, isShort: true)
      case .value, .list:
        if isEquals {
          let value = option.details.isSecret ? "" : String(letters.dropFirst())
          return fail(.attachedEquals(option: "-\(letter)", value: value))
        }
        if letters.isEmpty { return readValue(of: option) }
        return add(.text(String(letters)), to: option)
      }
    }
  }

  /// The next word as the option's value; a word like an option stays where it is.
  private mutating func readValue(of option: any OptionDeclaration) {
    guard let form = option.form.valueForm else { return }
    guard let bytes = words.first else {
      return fail(.missingValue(option: option.details.flag, expected: form.expected, example: form.example))
    }
    guard let word = Word.text(bytes) else {
      words.removeFirst()
      return fail(.notUTF8(option.details.isSecret ? option.details.flag : Word.escaped(bytes)))
    }
    if Word.isOptionLike(word), !(form.isNumeric && Word.isNegativeNumber(word)) {
      return fail(.optionAsValue(option: option.details.flag, word: option.details.isSecret ? "" : word))
    }
    words.removeFirst()
    add(.text(word), to: option)
  }

  private mutating func add(_ occurrence: Occurrence, to option: any OptionDeclaration, isShort: Bool = false) {
    let flag = option.details.flag
    if flag == BuiltIn.helpToggle.details.flag {
      helpStyle = isShort ? .short : .full
      return
    }
    if flag == BuiltIn.versionToggle.details.flag {
      wantsVersion = true
      return
    }
    do {
      given[flag] = try option.adding(occurrence, to: given[flag])
    } catch {
      fail(.invalidValue(UsageError.InvalidValue(option, occurrence, error, origin: .commandLine)))
    }
  }

  private func option(short letter: Unicode.Scalar) -> (any OptionDeclaration)? {
    options.first { $0.details.short?.unicodeScalars.elementsEqual([letter]) ?? false }
  }

  /// The option of that name, and whether the name switches it on.
  private mutating func option(long name: String) -> (option: any OptionDeclaration, isOn: Bool)? {
    if let option = options.first(where: { $0.details.name.hasSameBytes(as: name) }) { return (option, true) }
    for option in options {
      if case .toggle(isNegatable: true) = option.form, name.hasSameBytes(as: "no-" + option.details.name) {
        return (option, false)
      }
      if option.details.formerNames.contains(where: { $0.hasSameBytes(as: name) }) {
        let warning = "--\(name) is now called \(option.details.flag)"
        if !warnings.contains(warning) { warnings.append(warning) }
        return (option, true)
      }
    }
    return nil
  }

  /// A word that is no UTF-8, up to the `=` where a secret may follow.
  private func withoutSecret(_ bytes: [UInt8]) -> [UInt8] {
    guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")), let start = Word.text(Array(bytes[..<equals])) else {
      return bytes
    }
    let isSecret = options.contains { $0.details.isSecret && $0.details.flag.hasSameBytes(as: start) }
    return isSecret ? Array(bytes[...equals]) : bytes
  }

  private mutating func fail(_ kind: UsageError.Kind) { fail { _ in kind } }

  /// Suggestions take a while, so they are only worked out for the mistake that is kept.
  private mutating func fail(at place: CommandPath? = nil, _ kind: (CommandPath) -> UsageError.Kind) {
    guard error == nil else { return }
    let place = place ?? path
    error = UsageError(kind: kind(place), command: place)
  }
}
