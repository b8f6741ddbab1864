/// Reads the words from left to right: which command, which options with which values, which operands.
///
/// The first mistake is kept and reading goes on, because a later `--help` wins over it.
struct WordReader {
  let words: [[UInt8]]
  var path: CommandPath {
    didSet { options = path.options }
  }
  /// What is accepted at `path`.
  var options: [any OptionDeclaration]
  /// The command that `help` was asked about.
  private(set) var topic: CommandPath?
  private(set) var helpStyle: HelpPage.Style?
  private(set) var wantsVersion = false
  var error: UsageError?
  private(set) var operands: [Operand] = []
  /// The options so far, by flag.
  private(set) var given: [String: Given] = [:]
  var warnings: [String] = []
  /// The values of secret options, and what may be one.
  var secrets: [Mark] = []
  /// The index of the first word that is not read yet.
  var next = 0
  /// The option that ends the words and still needs its value.
  var awaiting: (any OptionDeclaration)?
  /// Whether `--` was read, so that all later words are operands.
  private(set) var optionsEnded = false
  /// Whether a command was unknown, so that the operands after it belong to nothing known.
  private(set) var isLost = false

  /// A word that is neither an option nor a command.
  struct Operand {
    var text: String
    var word: Int

    var mark: Mark { Mark(word: word, bytes: 0..<text.utf8.count) }
  }

  /// What was read of one option.
  struct Given {
    var readings: [any Sendable]
    /// The last time, and its value's place.
    var mark: Mark
    var value: Mark?

    mutating func add(_ reading: any Sendable, _ mark: Mark, value: Mark?) {
      readings.append(reading)
      self.mark = mark
      self.value = value
    }
  }

  init(root: CommandSpecification, words: [[UInt8]]) {
    self.words = words
    path = CommandPath(root)
    options = path.options
  }

  mutating func read() {
    while next < words.count {
      let index = next
      next += 1
      guard let word = Word.text(words[index]) else {
        readBytes(at: index, mayBeOption: !optionsEnded)
        continue
      }
      if optionsEnded || !Word.isOptionLike(word) || isNegativeOperand(word) {
        readOperand(word, at: index)
      } else if word == "--" {
        optionsEnded = true
      } else if word.hasPrefix("--") {
        readLong(word, at: index)
      } else {
        readBundle(word, at: index)
      }
    }
  }

  // MARK: Operands and commands

  private mutating func readOperand(_ word: String, at index: Int) {
    if let topic {
      if topic.isRoot, word == HelpPage.optionsTopic, topic.subcommand(named: word) == nil {
        helpStyle = .options
        return
      }
      // Help on help.
      if word == BuiltIn.help.name, !topic.command.subcommands.isEmpty {
        self.topic = CommandPath(topic.root).appending(BuiltIn.help)
        return
      }
      guard let next = topic.subcommand(named: word) else { return failUnknownCommand(word, at: index, below: topic) }
      self.topic = topic.appending(next)
    } else if path.command.subcommands.isEmpty {
      operands.append(Operand(text: word, word: index))
    } else if let next = path.subcommand(named: word) {
      if !isLost { path = path.appending(next) }
    } else if word == BuiltIn.help.name {
      if !isLost { topic = path }
    } else {
      isLost = true
      failUnknownCommand(word, at: index, below: path)
    }
  }

  /// The operand that the next word is, or nothing where there are enough.
  var dueOperand: (any OperandDeclaration)? {
    let declared = path.command.operands
    return operands.count < declared.count ? declared[operands.count] : declared.last.flatMap { $0.isList ? $0 : nil }
  }

  /// Whether `-5` is no option but an operand: no digit is a short option, and the operand that is due is a number, or none is.
  private func isNegativeOperand(_ word: String) -> Bool {
    guard Word.isNegativeNumber(word), path.command.subcommands.isEmpty, topic == nil else { return false }
    guard dueOperand?.form.isNumeric ?? path.command.operands.contains(where: \.form.isNumeric) else { return false }
    return !options.contains { $0.details.short?.isNumber ?? false }
  }

  // MARK: What options give

  /// One time that an option was given; the mark is where, the value's mark where its text is.
  mutating func add(_ occurrence: Occurrence, to option: any OptionDeclaration, at mark: Mark, value: Mark? = nil) {
    do {
      let reading = try option.reading(occurrence)
      given[option.details.flag, default: Given(readings: [], mark: mark)].add(reading, mark, value: value)
    } catch {
      // Completion does not offer it again, although its value is wrong.
      if given[option.details.flag] == nil { given[option.details.flag] = Given(readings: [], mark: mark) }
      failInvalid(option, occurrence, error, at: value ?? mark)
    }
  }

  /// Help and version are asked for by options that have no value of their own.
  mutating func asks(for option: any OptionDeclaration, isShort: Bool) -> Bool {
    switch option.details.flag {
    case BuiltIn.helpToggle.details.flag: helpStyle = isShort ? .short : .full
    case BuiltIn.versionToggle.details.flag: wantsVersion = true
    default: return false
    }
    return true
  }

  func option(short letter: Unicode.Scalar) -> (any OptionDeclaration)? {
    options.first { $0.hasShort(letter) }
  }

  /// The option of that name, and whether the name switches it on. A former name is reported in the warnings, once.
  mutating func option(long name: String) -> (option: any OptionDeclaration, isOn: Bool)? {
    if let option = options.first(where: { $0.details.name.hasSameBytes(as: name) }) { return (option, true) }
    for option in options {
      let details = option.details
      var isNegatable = false
      if case .toggle(isNegatable: true) = option.form { isNegatable = true }
      if isNegatable, name.hasSameBytes(as: "no-" + details.name) { return (option, false) }
      if details.formerNames.contains(where: { $0.hasSameBytes(as: name) }) {
        warn(name, isNow: details.name)
        return (option, true)
      }
      if isNegatable, details.formerNames.contains(where: { name.hasSameBytes(as: "no-" + $0) }) {
        warn(name, isNow: "no-" + details.name)
        return (option, false)
      }
    }
    return nil
  }

  private mutating func warn(_ name: String, isNow present: String) {
    let warning = "--\(name) is now called --\(present)"
    if !warnings.contains(warning) { warnings.append(warning) }
  }
}

extension CommandPath {
  /// The command of that name below this one.
  func subcommand(named name: String) -> CommandSpecification? {
    command.subcommands.first { $0.name.hasSameBytes(as: name) }
  }
}
