/// The help of one command, to be laid out for a terminal's width.
public struct HelpPage: Equatable, Sendable {
  public enum Style: Sendable {
    /// `-h`: a sentence an option.
    case short
    /// `--help` and `help`: everything.
    case full
  }

  public var command: CommandPath
  public var style: Style

  public init(_ command: CommandPath, _ style: Style) {
    self.command = command
    self.style = style
  }

  /// The page with a final newline, in lines of at most 100 columns.
  ///
  /// - Parameter width: of the terminal; nil where there is none. Then lines have 80 columns, but those of the short help that say what
  ///   an option, operand or command is: one line each, however long, so that a search finds all of it.
  public func text(width: Int? = nil) -> String {
    let layout = TextLayout(terminal: width ?? 80)
    let sections = style == .short ? shortSections(layout, wraps: width != nil) : fullSections(layout)
    return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  // MARK: Short

  private func shortSections(_ layout: TextLayout, wraps: Bool) -> [[String]] {
    func table(_ rows: [(String, String)]) -> [String] { layout.table(rows, wraps: wraps) }
    var sections = [usage(layout), layout.wrap(command.command.summary)]
    sections.append(titled("Commands", table(commandRows)))
    sections.append(titled("Operands", table(command.command.operands.map { (Synopsis.operand($0), $0.help) })))
    let inherited = command.isRoot ? [] : visible(command.inheritedOptions)
    let own = visible(command.isRoot ? command.options : command.command.options)
    sections.append(titled("Options", table(own.map { ($0.term, $0.details.help) })))
    if !inherited.isEmpty {
      let names = inherited.map(\.details.flag).joined(separator: ", ")
      sections.append(layout.wrap("Everywhere: \(names)", hanging: 2))
    }
    sections.append(layout.wrap("In full: \(command.text) --help"))
    return sections
  }

  // MARK: Full

  private func fullSections(_ layout: TextLayout) -> [[String]] {
    let specification = command.command
    var sections = [usage(layout), layout.wrap(specification.summary)]
    sections += TextLayout.paragraphs(specification.discussion).map(layout.paragraph)
    if specification.effect != .reads { sections.append(["Effect: \(specification.effect.rawValue) data"]) }
    sections.append(titled("Examples", examples(layout)))
    sections.append(titled("Commands", layout.table(commandRows)))
    sections.append(
      titled("Operands", layout.list(specification.operands.map { (Synopsis.operand($0), $0.fullHelp) })))
    sections += optionSections(layout)
    sections.append(titled("Environment", layout.table(variables)))
    sections.append(
      titled("Exit status", layout.table(statuses.map { ("\($0.status)", $0.meaning) })))
    let seeAlso = specification.seeAlso.map { "\(command.root.name) \($0)" }.joined(separator: ", ")
    sections.append(titled("See also", seeAlso.isEmpty ? [] : layout.wrap(seeAlso, indent: 2)))
    return sections
  }

  private func examples(_ layout: TextLayout) -> [String] {
    command.command.examples.flatMap { example in
      layout.wrap(example.text, indent: 2) + ["    $ " + example.command]
    }
  }

  /// Options without a section first, then each section as it was first named, then what comes from above.
  private func optionSections(_ layout: TextLayout) -> [[String]] {
    let own = visible(command.command.options)
    var titles = ["Options"]
    for option in own { if let title = option.details.section, !titles.contains(title) { titles.append(title) } }
    var sections = titles.map { title in
      let members = own.filter { ($0.details.section ?? "Options") == title }
      return titled(title, layout.list(members.map { ($0.term, $0.fullHelp) }))
    }
    let inherited = visible(command.inheritedOptions)
    sections.append(titled("Global options", layout.list(inherited.map { ($0.term, $0.fullHelp) })))
    return sections
  }

  // MARK: Parts

  private func usage(_ layout: TextLayout) -> [String] {
    layout.wrap("usage: \(Synopsis(command).text)", hanging: 7)
  }

  private var commandRows: [(String, String)] { command.visibleSubcommands.map { ($0.name, $0.summary) } }

  /// Variables of options, then those that the commands on the way declare.
  var variables: [(String, String)] {
    let options = visible(command.options).compactMap { option in
      option.details.environment.map { ($0, "The value of \(option.details.flag)") }
    }
    return options + command.specifications.reversed().flatMap(\.environment).map { ($0.name, $0.help) }
  }

  /// The command's own meaning of a status wins over the program's.
  var statuses: [ExitStatus] {
    guard command.command.subcommands.isEmpty || command.isRoot else { return [] }
    let common = [ExitStatus(0, "done"), ExitStatus(64, "the command line is wrong")]
    var seen: Set<Int> = []
    let all = command.specifications.reversed().flatMap(\.exitStatuses) + common
    return all.filter { seen.insert($0.status).inserted }.sorted { $0.status < $1.status }
  }

  private func visible(_ options: [any OptionDeclaration]) -> [any OptionDeclaration] {
    options.filter { !$0.details.isHidden }
  }

  private func titled(_ title: String, _ lines: [String]) -> [String] { lines.isEmpty ? [] : [title + ":"] + lines }
}

extension OptionDeclaration {
  /// `-n, --dry-run` or `    --fill-to N`, so that the long names stand in a column.
  var term: String {
    let long =
      if case .toggle(isNegatable: true) = form { "--[no-]" + details.name } else { Synopsis.required(self) }
    return (details.short.map { "-\($0), " } ?? "    ") + long
  }

  /// Choices, default and variable, each in brackets.
  var notes: [String] {
    var notes: [String] = []
    if let choices = form.valueForm?.choices, !choices.isEmpty {
      notes.append("[one of: \(choices.joined(separator: ", "))]")
    }
    if let defaultText, !details.isSecret { notes.append("[default: \(defaultText)]") }
    if let variable = details.environment { notes.append("[env: \(variable)]") }
    if isRequired { notes.append("[required]") }
    return notes
  }

  var fullHelp: String { ([details.help] + notes).joined(separator: " ") }
}

extension OperandDeclaration {
  var notes: [String] { form.choices.isEmpty ? [] : ["[one of: \(form.choices.joined(separator: ", "))]"] }
  var fullHelp: String { ([help] + notes).joined(separator: " ") }
}
