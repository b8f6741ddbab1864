/// The page of one command, of a group, or of the program.
struct ManualPage {
  let path: CommandPath
  let manual: Manual

  init(_ path: CommandPath, in manual: Manual) {
    self.path = path
    self.manual = manual
  }

  var text: String {
    let summary = path.command.summary
    var lines = manual.header(path.pageName, 1)
    lines += [".Sh NAME", ".Nm \(path.pageName)"]
    lines += [".Nd \(Roff.arguments(summary.prefix(1).lowercased() + summary.dropFirst()))"]
    lines += [".Sh SYNOPSIS"] + synopsis
    lines += [".Sh DESCRIPTION"] + description
    lines += section("COMMANDS", commands)
    lines += section(path.isRoot && !subcommands.isEmpty ? "GLOBAL OPTIONS" : "OPTIONS", options)
    lines += section("ENVIRONMENT", variables)
    lines += section("EXIT STATUS", statuses)
    lines += section("EXAMPLES", examples)
    lines += manual.seeAlso(references, on: Manual.Reference(name: path.pageName))
    return lines.joined(separator: "\n") + "\n"
  }

  /// The commands below that are shown.
  private var subcommands: [CommandPath] {
    path.command.subcommands.filter { !$0.isHidden }.map(path.appending)
  }

  // MARK: Sections

  /// Of a group a line for each command, of the program one line for all.
  private var synopsis: [String] {
    if path.isRoot, !subcommands.isEmpty { return [".Nm \(path.root.name)", ".Ar command", ".Op Ar options"] }
    return (subcommands.isEmpty ? [path] : subcommands).flatMap { place in
      [".Nm \"\(place.text)\""] + Roff.text(String(Synopsis(place).text.dropFirst(place.text.count)))
    }
  }

  private var description: [String] {
    let command = path.command
    var parts = [Roff.discussion(command.discussion), Roff.discussion(command.details)].filter { !$0.isEmpty }
    // The NAME section of the program and of a group has the summary already.
    if subcommands.isEmpty || parts.isEmpty { parts.insert(Roff.text(command.summary + "."), at: 0) }
    if command.effect != .reads { parts.append(["This command \(command.effect.rawValue) data."]) }
    return Array(parts.joined(separator: [".Pp"]))
  }

  private var commands: [String] {
    ManualPage.list(subcommands.map { (".It Xr \($0.pageName) 1", Roff.text($0.command.summary + ".")) })
  }

  /// Operands, then the options by section, then the pages that have the inherited options.
  private var options: [String] {
    let command = path.command
    let own = (command.options + (path.isRoot ? BuiltIn.options : [])).filter { !$0.details.isHidden }
    var lines = ManualPage.list(command.operands.map(ManualPage.operand))
    for (index, part) in OptionSection.all(own).enumerated() where !part.options.isEmpty {
      if index > 0 { lines.append(".Ss \(Roff.arguments(part.title))") }
      lines += ManualPage.list(part.options.map(ManualPage.option))
    }
    guard !path.isRoot else { return lines }
    let above = [CommandPath(path.root)] + groups.filter { !$0.command.options.isEmpty }
    let pages = Array(above.map { [".Xr \($0.pageName) 1"] }.joined(separator: ["and"]))
    let pointer = ["The options of"] + pages + ["are accepted before or after the command's name."]
    return lines + (lines.isEmpty ? [] : [".Pp"]) + pointer
  }

  private var variables: [String] {
    let options = path.command.options + (path.isRoot ? BuiltIn.options : [])
    let ofOptions = options.filter { !$0.details.isHidden }.compactMap { option in
      option.details.environment.map { ($0, "The value of \(option.details.flag)") }
    }
    let declared = path.command.environment.map { ($0.name, $0.help) }
    return ManualPage.list(
      (ofOptions + declared).map { (".It Ev \(Roff.arguments($0.0))", Roff.text($0.1 + ".")) })
  }

  /// All statuses that the command can end with; a group has none of its own.
  private var statuses: [String] {
    guard subcommands.isEmpty || path.isRoot else { return [] }
    return ManualPage.list(
      HelpPage(path, .full).statuses.map { (".It \($0.status)", Roff.text($0.meaning + ".")) })
  }

  private var examples: [String] {
    path.command.examples.flatMap { Roff.text($0.text + ":") + Roff.display(["$ " + $0.command]) }
  }

  /// Of a command the ones that it names and those above it; of a group its commands as well.
  private var references: [Manual.Reference] {
    if path.isRoot { return manual.overview }
    let named = manual.places.filter { path.command.seeAlso.contains($0.names.joined(separator: " ")) }
    let pages = [CommandPath(path.root)] + groups + named + subcommands
    return pages.map { Manual.Reference(name: $0.pageName) } + (subcommands.isEmpty ? [] : manual.articleReferences)
  }

  /// The groups that this command is in, the outermost first.
  private var groups: [CommandPath] {
    let names = path.names
    return manual.places.filter { !$0.isRoot && $0.names.count < names.count && names.starts(with: $0.names) }
  }

  // MARK: Markup

  private func section(_ title: String, _ lines: [String]) -> [String] { lines.isEmpty ? [] : [".Sh \(title)"] + lines }

  private static func list(_ items: [(item: String, text: [String])]) -> [String] {
    items.isEmpty ? [] : [".Bl -tag -width Ds"] + items.flatMap { [$0.item] + $0.text } + [".El"]
  }

  private static func operand(_ operand: any OperandDeclaration) -> (String, [String]) {
    (
      ".It Ar \(Roff.arguments(operand.name))\(operand.isList ? " ..." : "")",
      Roff.text(operand.help + ".") + notes(operand.notes)
    )
  }

  /// `.It Fl n , Fl \-dry\-run Ar N`.
  private static func option(_ option: any OptionDeclaration) -> (String, [String]) {
    var names = option.details.short.map { ["Fl \($0)"] } ?? []
    names += option.flags.map { "Fl " + Roff.arguments(String($0.dropFirst())) }
    let value = option.placeholder.map { " Ar " + Roff.arguments($0) } ?? ""
    return (
      ".It \(names.joined(separator: " , "))\(value)", Roff.text(option.details.help + ".") + notes(option.notes)
    )
  }

  private static func notes(_ notes: [String]) -> [String] {
    notes.isEmpty ? [] : Roff.text(notes.joined(separator: " "))
  }
}
