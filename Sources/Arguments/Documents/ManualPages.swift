/// The manual in mdoc: `usher.1`, a page for each command that has subcommands, `usher-queue.1`, and the articles.
///
/// - Parameter date: the date of the text, such as `March 1, 2025`; never the clock's, so that the same specification gives the
///   same pages.
public func manualPages(
  for root: CommandSpecification, articles: [ManualArticle] = [], version: String, date: String
) -> [(name: String, text: String)] {
  let manual = Manual(root: root, articles: articles, version: version, date: date)
  let pages = manual.places.map { place in
    let page = ManualPage(place, in: manual)
    return (page.name + ".1", page.text)
  }
  return pages
    + articles.map { article in
      (
        article.fileName,
        article.page(seeAlso: manual.seeAlso(from: article.name, article.section), header: manual.header)
      )
    }
}

/// What all pages share.
struct Manual {
  let root: CommandSpecification
  let articles: [ManualArticle]
  let version: String
  let date: String

  /// The commands that have a page.
  var places: [CommandPath] {
    let path = CommandPath(root)
    return [path] + path.command.subcommands.filter { !$0.isHidden && !$0.subcommands.isEmpty }.map(path.appending)
  }

  func header(_ name: String, _ section: Int) -> [String] {
    [
      ".\\\" Generated from the command definitions.", ".Dd \(date)", ".Dt \(name.uppercased()) \(section)",
      ".Os \(root.name) \(version)",
    ]
  }

  /// The other pages of this manual, by section and name, as mdoc wants them.
  func seeAlso(from own: String, _ section: Int = 1) -> [String] {
    let commands = places.map { (name: ManualPage($0, in: self).name, section: 1) }
    let pages = (commands + articles.map { (name: $0.name, section: $0.section) })
      .sorted { ($0.section, $0.name) < ($1.section, $1.name) }
      .filter { $0.name != own || $0.section != section }
    guard !pages.isEmpty else { return [] }
    return [".Sh SEE ALSO"]
      + pages.enumerated().map {
        ".Xr \($0.element.name) \($0.element.section)" + ($0.offset < pages.count - 1 ? " ," : "")
      }
  }
}

/// One page of the manual.
struct ManualPage {
  let path: CommandPath
  let manual: Manual

  init(_ path: CommandPath, in manual: Manual) {
    self.path = path
    self.manual = manual
  }

  /// `usher-queue`.
  var name: String { path.specifications.map(\.name).joined(separator: "-") }

  var text: String {
    var lines = manual.header(name, 1)
    lines += [".Sh NAME", ".Nm \(name)", ".Nd \(Roff.arguments(ManualPage.uncapitalised(path.command.summary)))"]
    lines += [".Sh SYNOPSIS"] + synopsis
    lines += [".Sh DESCRIPTION"] + description
    lines += section("COMMANDS", commands)
    lines += section(path.isRoot ? "OPTIONS" : "GLOBAL OPTIONS", globalOptions)
    lines += section("ENVIRONMENT", variables)
    lines += [".Sh EXIT STATUS"] + statuses
    lines += section("EXAMPLES", ManualCommand.examples(path.command))
    lines += manual.seeAlso(from: name)
    return lines.joined(separator: "\n") + "\n"
  }

  /// The commands that this page explains in full: for the program, those that stand alone.
  private var explained: [CommandPath] {
    let below = path.command.subcommands.filter { !$0.isHidden }.map(path.appending)
    return below.flatMap { place in
      place.command.subcommands.isEmpty
        ? [place] : path.isRoot ? [] : place.all.filter { $0.command.subcommands.isEmpty && !$0.isHidden }
    }
  }

  private var groups: [CommandPath] {
    guard path.isRoot else { return [] }
    return path.command.subcommands.filter { !$0.isHidden && !$0.subcommands.isEmpty }.map(path.appending)
  }

  private var synopsis: [String] {
    guard !path.isRoot else { return [".Nm \(path.root.name)", ".Ar command", ".Op Ar options"] }
    return explained.flatMap { place in
      [".Nm \"\(place.text)\""] + Roff.text(String(Synopsis(place).text.dropFirst(place.text.count)))
    }
  }

  private var description: [String] {
    let discussion = Roff.discussion(path.command.discussion)
    return discussion.isEmpty ? Roff.text(path.command.summary + ".") : discussion
  }

  private var commands: [String] {
    var lines: [String] = []
    if !groups.isEmpty {
      lines.append(".Bl -tag -width Ds")
      for group in groups {
        lines +=
          [".It Xr \(ManualPage(group, in: manual).name) 1"] + Roff.text(group.command.summary + ".")
      }
      lines.append(".El")
    }
    return lines + explained.flatMap { ManualCommand($0).lines }
  }

  /// In full on the program's page; the others point there.
  private var globalOptions: [String] {
    if path.isRoot { return ManualCommand.options(path.options.filter { !$0.details.isHidden }) }
    let own = path.command.options.filter { !$0.details.isHidden }
    let pointer = ["The options of", ".Xr \(path.root.name) 1", "are accepted before or after the command."]
    return own.isEmpty ? pointer : ManualCommand.options(own) + [".Pp"] + pointer
  }

  private var variables: [String] {
    var seen: Set<String> = []
    let own = (explained + [path]).flatMap { place in HelpPage(place, .full).variables }
    let inherited = path.isRoot ? [] : Set(HelpPage(CommandPath(path.root), .full).variables.map(\.0))
    let unique = own.filter { !inherited.contains($0.0) && seen.insert($0.0).inserted }
    guard !unique.isEmpty else { return [] }
    return [".Bl -tag -width Ds"] + unique.flatMap { [".It Ev \(Roff.arguments($0.0))"] + Roff.text($0.1 + ".") } + [
      ".El"
    ]
  }

  private var statuses: [String] {
    guard path.isRoot else { return ["See", ".Xr \(path.root.name) 1 ."] }
    let all = HelpPage(path, .full).statuses
    return [".Bl -tag -width Ds"] + all.flatMap { [".It \($0.status)"] + Roff.text($0.meaning + ".") } + [".El"]
  }

  private func section(_ title: String, _ lines: [String]) -> [String] { lines.isEmpty ? [] : [".Sh \(title)"] + lines }

  private static func uncapitalised(_ text: String) -> String { text.prefix(1).lowercased() + text.dropFirst() }
}
