/// What a shell may offer for the word at the cursor of an unfinished command line.
///
/// Hidden options, former names and what the line excludes are not offered. Of a value only what begins as it was typed is.
public struct LineCompletion: Sendable {
  /// What the words before the cursor say.
  public let line: PartialLine
  /// What is typed of the value; without the option and the list's elements that stand before it in the same word.
  public private(set) var typed = ""
  /// What else may stand here: paths, or names that only the running program knows.
  public private(set) var source: ValueForm.Completion = .nothing
  /// What the specification itself offers: whole words.
  private var candidates: [CompletionCandidate] = []
  /// What stands before the value in the word at the cursor, such as `--status=INIT,`.
  private var prefix = ""
  /// Values that are on the line already.
  private var listed: [String] = []
  /// What the value is for; empty where no value stands at the cursor.
  private var help = ""

  /// The answer for the shell's script, one line for each candidate: `word TAB note`.
  ///
  /// A line that begins with a TAB is something else: `TAB file TAB PREFIX` or `TAB directory TAB PREFIX` asks the shell for paths
  /// behind that prefix, `TAB message TAB TEXT` says what the value is for where nothing can be offered.
  ///
  /// - Parameter names: the names of a dynamic source, in the order in which they are to be shown. Those that do not begin as typed
  ///   are left out.
  public func lines(naming names: [CompletionCandidate] = []) -> [String] {
    var all = candidates
    switch source {
    case .nothing: break
    case .files: return ["\tfile\t\(prefix)"]
    case .directories: return ["\tdirectory\t\(prefix)"]
    case .dynamic:
      let fitting = names.filter { $0.word.utf8.starts(with: typed.utf8) && !listed.contains($0.word) }
      all += fitting.map { CompletionCandidate(word: prefix + $0.word, note: $0.note) }
    }
    let lines = all.compactMap(\.line)
    return lines.isEmpty && !help.isEmpty ? ["\tmessage\t\(help)"] : lines
  }

  // MARK: What stands at the cursor

  init(_ reader: WordReader, at word: String, _ environment: (String) -> [UInt8]?) {
    line = PartialLine(reader, environment)
    typed = word
    let mayBeOption = !reader.optionsEnded && reader.topic == nil
    if let option = reader.awaiting {
      offerValues(of: option, behind: "", typed: word)
    } else if mayBeOption, word.hasPrefix("--"), let equals = word.firstIndex(of: "=") {
      var reader = reader
      guard let (option, _) = reader.option(long: String(word[..<equals].dropFirst(2))) else { return }
      let value = word.index(after: equals)
      offerValues(of: option, behind: String(word[..<value]), typed: String(word[value...]))
    } else if mayBeOption, word.hasPrefix("-") {
      candidates = LineCompletion.options(reader, beginning: word)
    } else if let topic = reader.topic ?? (reader.path.command.subcommands.isEmpty ? nil : reader.path) {
      candidates = reader.isLost ? [] : LineCompletion.commands(topic, isHelp: reader.topic != nil, beginning: word)
    } else {
      offerOperand(reader, typed: word)
    }
  }

  private static func commands(_ path: CommandPath, isHelp: Bool, beginning word: String) -> [CompletionCandidate] {
    var found = path.visibleSubcommands.map { CompletionCandidate(word: $0.name, note: $0.summary) }
    if isHelp, path.isRoot {
      found.append(CompletionCandidate(word: HelpPage.optionsTopic, note: "The options that all commands accept"))
    }
    return found.filter { $0.word.utf8.starts(with: word.utf8) }
  }

  /// The options that may still be given, those of the command first. A letter is only offered where it is typed already.
  private static func options(_ reader: WordReader, beginning word: String) -> [CompletionCandidate] {
    let offered = reader.options.filter { !$0.details.isHidden && reader.mayBeGiven($0) }
    return offered.flatMap { option in
      let flags = option.flags.filter { $0.utf8.starts(with: word.utf8) }
      let letter = option.details.short.map { ["-\($0)"] } ?? []
      return (flags + letter.filter { $0 == word }).map { CompletionCandidate(word: $0, note: option.details.help) }
    }
  }

  private mutating func offerOperand(_ reader: WordReader, typed: String) {
    guard let operand = reader.dueOperand, !reader.isExcluded(operand.name) else { return }
    if operand.isList {
      listed = reader.operands.dropFirst(reader.path.command.operands.count - 1).map(\.text)
    }
    offer(operand.form, help: operand.help)
  }

  private mutating func offerValues(of option: any OptionDeclaration, behind flag: String, typed value: String) {
    guard let form = option.form.valueForm else { return }
    (prefix, typed) = (flag, value)
    // Of several values in one word only the last is being written.
    if case .list(_, let separator?) = option.form, let last = value.lastIndex(of: separator) {
      let start = value.index(after: last)
      (prefix, typed) = (flag + value[..<start], String(value[start...]))
      listed = value[..<last].split(separator: separator).map(String.init)
    }
    offer(form, help: option.details.help)
  }

  private mutating func offer(_ form: ValueForm, help: String) {
    let words = (form.choices + form.suggestions).filter {
      $0.utf8.starts(with: typed.utf8) && !listed.contains($0)
    }
    candidates = words.map { CompletionCandidate(word: prefix + $0) }
    source = form.completion
    self.help = help
  }
}

extension Parser {
  /// What a shell may offer at the cursor.
  ///
  /// - Parameters:
  ///   - words: those before the cursor without the program's name, then the word at the cursor up to it, which may be empty; all as
  ///     the program would get them, without the shell's quotes.
  ///   - environment: the bytes of a variable.
  public func completion(
    of words: [[UInt8]], environment: (String) -> [UInt8]? = { _ in nil }
  ) -> LineCompletion {
    var reader = WordReader(root: root, words: Array(words.dropLast()))
    reader.read()
    // Invalid UTF-8 becomes U+FFFD, with which no candidate begins.
    return LineCompletion(reader, at: String(decoding: words.last ?? [], as: UTF8.self), environment)
  }
}

extension WordReader {
  /// Whether the line can take this option: not given yet, unless it may be repeated, and not excluded by what is given.
  fileprivate func mayBeGiven(_ option: any OptionDeclaration) -> Bool {
    let isRepeatable =
      switch option.form {
      case .counter, .list: true
      case .toggle, .value: false
      }
    return (isRepeatable || given[option.details.flag] == nil) && !isExcluded(option.details.flag)
  }

  /// Whether another member of an exclusive group is given.
  fileprivate func isExcluded(_ name: String) -> Bool {
    path.groups.contains { group in
      group.isExclusive && group.members.contains(name) && group.members.contains { $0 != name && isGiven($0) }
    }
  }

  /// Whether an option or operand is given; the name is as help shows it.
  private func isGiven(_ name: String) -> Bool {
    if given[name] != nil { return true }
    guard let index = path.command.operands.firstIndex(where: { $0.name == name }) else { return false }
    return operands.count > index
  }
}
