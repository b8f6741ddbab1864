import Text

/// What was probably meant on a command line, from the specification. A suggestion is only ever shown, never run.
enum Suggestions {
  /// An option with the command that declares it.
  struct Owner {
    var command: CommandPath
    var option: any OptionDeclaration
    var text: String { command.text }
  }

  /// Full names: near ones at this place, otherwise of the same or a near name anywhere in the program, otherwise the same words
  /// the other way round.
  static func commands(_ word: String, at path: CommandPath) -> [String] {
    let here = Spelling.nearest(to: word, among: path.visibleSubcommands.map(\.name)).map { path.text + " " + $0 }
    if !here.isEmpty { return here }
    let everywhere = CommandPath(path.root).all.filter { !$0.isRoot && !$0.isHidden }
    let exact = everywhere.filter { $0.command.name.hasSameBytes(as: word) }
    let near = Spelling.nearest(to: word, among: everywhere.map(\.command.name)).flatMap { name in
      everywhere.filter { $0.command.name == name }
    }
    return (exact.isEmpty ? near : exact).prefix(3).map(\.text)
  }

  /// The commands, shown ones, that have an option of exactly that flag.
  static func owners(of flag: String, below root: CommandSpecification) -> [Owner] {
    shownOptions(of: root).filter { $0.option.flags.contains { $0.hasSameBytes(as: flag) } }
  }

  /// The commands, shown ones, that have an option of that letter.
  static func owners(of letter: Unicode.Scalar, below root: CommandSpecification) -> [Owner] {
    shownOptions(of: root).filter { $0.option.hasShort(letter) }
  }

  static func unknownOption(_ flag: String, at path: CommandPath, owners: [String]) -> UsageError.UnknownOption {
    if !owners.isEmpty { return UsageError.UnknownOption(word: flag, elsewhere: flag, owners: owners) }
    let name = String(flag.dropFirst(2))
    let shown = path.options.filter { !$0.details.isHidden }
    if shown.contains(where: { isPlainly($0, absentWith: name) }) {
      return UsageError.UnknownOption(word: flag, isAbsence: true)
    }
    // Never the opposite of what was asked for.
    let isOpposite = { (other: String) in other == "no-" + name || name == "no-" + other }
    let near = Spelling.nearest(to: name, among: shown.flatMap(\.names).filter { !isOpposite($0) }).map { "--" + $0 }
    if !near.isEmpty { return UsageError.UnknownOption(word: flag, suggestions: near) }
    if name.unicodeScalars.count == 1, shown.contains(where: { $0.details.short.map(String.init) == name }) {
      return UsageError.UnknownOption(word: flag, suggestions: ["-" + name])
    }
    let others = shownOptions(of: path.root)
    guard
      let elsewhere = Spelling.nearest(to: name, among: others.flatMap(\.option.names).filter { !isOpposite($0) }).first
    else {
      return UsageError.UnknownOption(word: flag)
    }
    let commands = others.filter { $0.option.names.contains(elsewhere) }.map(\.text)
    return UsageError.UnknownOption(word: flag, elsewhere: "--" + elsewhere, owners: commands)
  }

  static func unknownLetter(_ letter: Unicode.Scalar, owners: [Owner]) -> UsageError.UnknownOption {
    let flag = "-\(letter)"
    return UsageError.UnknownOption(word: flag, elsewhere: owners.isEmpty ? nil : flag, owners: owners.map(\.text))
  }

  /// Whether `--no-NAME` says what leaving this option out says: nothing but the command line gives it.
  private static func isPlainly(_ option: any OptionDeclaration, absentWith name: String) -> Bool {
    guard ([option.details.name] + option.details.formerNames).contains(where: { name.hasSameBytes(as: "no-" + $0) })
    else { return false }
    return option.defaultTexts.isEmpty && option.details.environment == nil && !option.isRequired
  }

  /// How to say with an option that takes no value what its value says: `--no-color` for `--color=off`, `-v -v` for `-v=2`;
  /// nothing where leaving it out says it, as for `-v=0`.
  static func instead(of value: String, _ option: any OptionDeclaration, isOn: Bool, written: String) -> String? {
    switch option.form {
    case .counter:
      if Toggle.state(value) == false { return nil }
      guard case .value(let count) = Decimal.integer(value), (1...5).contains(count) else { return written }
      return [String](repeating: written, count: count).joined(separator: " ")
    case .toggle(let isNegatable):
      guard Toggle.state(value) == false else { return written }
      if !isOn { return option.details.flag }
      return isNegatable ? "--no-" + option.details.name : nil
    case .value, .list: return written
    }
  }

  private static func shownOptions(of root: CommandSpecification) -> [Owner] {
    CommandPath(root).all.filter { !$0.isHidden }.flatMap { place in
      place.command.options.filter { !$0.details.isHidden }.map { Owner(command: place, option: $0) }
    }
  }
}

extension CommandPath {
  var isHidden: Bool { specifications.contains(where: \.isHidden) }
}

extension OptionDeclaration {
  /// Every present way to write its long name, without hyphens.
  var names: [String] {
    if case .toggle(isNegatable: true) = form { return [details.name, "no-" + details.name] }
    return [details.name]
  }

  /// Every present way to write its long name.
  var flags: [String] { names.map { "--" + $0 } }
}
