/// The help of one command, to be laid out for a terminal's width.
public struct HelpPage: Equatable, Sendable {
  public enum Style: Sendable {
    /// `-h`: one line for each option.
    case short
    /// `--help` and `help`: everything but the details, which only the manual has.
    case full
    /// `help options`: what all commands share, which are the program's options, variables and exit statuses.
    case options
  }

  public var command: CommandPath
  public var style: Style

  public init(_ command: CommandPath, _ style: Style) {
    self.command = command
    self.style = style
  }

  /// The page with a final newline, in lines of at most 100 columns.
  ///
  /// - Parameter width: of the terminal; nil where there is none. Then lines have 80 columns, except for the rows of the short help:
  ///   each is one line, however long, so that a search finds all of it.
  public func text(width: Int? = nil) -> String {
    let layout = TextLayout(terminal: width ?? 80)
    let sections =
      switch style {
      case .short: shortSections(layout, wraps: width != nil)
      case .full: fullSections(layout)
      case .options: sharedSections(layout)
      }
    return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  /// The word after `help` that asks for `Style.options`.
  static let optionsTopic = "options"

  // MARK: Styles

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
      sections.append(layout.wrap("Global options: \(names)", hanging: 2))
    }
    sections.append(layout.wrap("Full help: \(command.text) --help"))
    return sections
  }

  private func fullSections(_ layout: TextLayout) -> [[String]] {
    let specification = command.command
    let effect = specification.effect == .reads ? [] : ["Effect: \(specification.effect.rawValue) data"]
    var sections = [usage(layout), layout.wrap(specification.summary) + effect]
    sections.append(titled("Examples", examples(layout)))
    sections += description(layout)
    sections.append(titled("Commands", layout.table(commandRows)))
    sections.append(
      titled("Operands", layout.table(specification.operands.map { (Synopsis.operand($0), $0.fullHelp) })))
    sections += optionSections(layout)
    if hasSharedOptions { sections.append(["Global options: see `\(sharedHelp)`"]) }
    sections.append(titled("Environment", layout.table(command.isRoot && hasSharedOptions ? [] : ownVariables)))
    sections.append(titled("Exit status", ownStatuses(layout)))
    let manual = specification.details.isEmpty ? [] : ["\(command.pageName)(1)"]
    let seeAlso = (specification.seeAlso.map { "\(command.root.name) \($0)" } + manual).joined(separator: ", ")
    sections.append(titled("See also", seeAlso.isEmpty ? [] : layout.wrap(seeAlso, indent: 2)))
    return sections
  }

  private func sharedSections(_ layout: TextLayout) -> [[String]] {
    [
      usage(layout), layout.wrap("Options that all commands accept, before or after the command's name"),
      titled("Options", table(visible(command.options), layout)), titled("Environment", layout.table(ownVariables)),
      titled("Exit status", layout.table(statuses.map { ("\($0.status)", $0.meaning) })),
    ]
  }

  // MARK: Parts

  private func usage(_ layout: TextLayout) -> [String] {
    layout.wrap("usage: \(Synopsis(command).text)", hanging: 7)
  }

  private func examples(_ layout: TextLayout) -> [String] {
    command.command.examples.flatMap { example in
      layout.wrap(example.text, indent: 2) + ["    $ " + example.command]
    }
  }

  /// The paragraphs of the discussion under one title.
  private func description(_ layout: TextLayout) -> [[String]] {
    // A listing is indented already.
    let paragraphs = TextLayout.paragraphs(command.command.discussion).map { paragraph in
      TextLayout.isListing(paragraph) ? layout.paragraph(paragraph) : layout.wrap(paragraph, indent: 2)
    }
    guard let first = paragraphs.first else { return [] }
    return [titled("Description", first)] + paragraphs.dropFirst()
  }

  private var commandRows: [(String, String)] { command.visibleSubcommands.map { ($0.name, $0.summary) } }

  /// Options without a section first, then each section as it was first named, then those of the groups above.
  private func optionSections(_ layout: TextLayout) -> [[String]] {
    var own = visible(command.command.options)
    if command.isRoot { own = hasSharedOptions ? [] : own + BuiltIn.options }
    let sections = OptionSection.all(own).map { titled($0.title, table($0.options, layout)) }
    return sections + [titled("Group options", table(visible(command.groupOptions), layout))]
  }

  private func table(_ options: [any OptionDeclaration], _ layout: TextLayout) -> [String] {
    layout.table(options.map { ($0.term, $0.fullHelp) })
  }

  /// Whether the program's options are those of several commands, so that one page lists them for all.
  private var hasSharedOptions: Bool { !command.root.subcommands.isEmpty }

  private var sharedHelp: String { "\(command.root.name) \(BuiltIn.help.name) \(HelpPage.optionsTopic)" }

  /// Variables of the options declared here, then those that the command and its groups declare.
  private var ownVariables: [(String, String)] {
    let options = visible(command.command.options).compactMap { option in
      option.details.environment.map { ($0, "The value of \(option.details.flag)") }
    }
    let declaring = command.isRoot ? [command.root] : Array(command.specifications.dropFirst().reversed())
    return options + declaring.flatMap(\.environment).map { ($0.name, $0.help) }
  }

  /// What the command says of itself, and where the other statuses are listed.
  private func ownStatuses(_ layout: TextLayout) -> [String] {
    guard !command.isRoot || !hasSharedOptions else { return [] }
    let own = command.specifications.dropFirst().reversed().flatMap(\.exitStatuses)
    guard hasSharedOptions else { return layout.table(statuses.map { ("\($0.status)", $0.meaning) }) }
    guard !own.isEmpty, command.command.subcommands.isEmpty else { return [] }
    let rows = own.sorted { $0.status < $1.status }.map { ("\($0.status)", $0.meaning) }
    return layout.table(rows) + ["  Others: see `\(sharedHelp)`"]
  }

  /// All that the command can end with. Its own meaning of a status wins over the program's.
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
