/// The manual in mdoc: a page for the program, for each group of commands and for each command, then the articles.
///
/// - Parameter date: the date of the text, such as `March 1, 2025`. It is not the clock's, so that the same specification gives the
///   same pages.
/// - Returns: the pages with their file names, `usher-queue-admit.1`, a group before its commands.
public func manualPages(
  for root: CommandSpecification, articles: [ManualArticle] = [], version: String, date: String
) -> [(name: String, text: String)] {
  let manual = Manual(root: root, articles: articles, version: version, date: date)
  let pages = manual.places.map { (name: $0.pageName + ".1", text: ManualPage($0, in: manual).text) }
  return pages + articles.map { ($0.fileName, $0.page(in: manual)) }
}

/// What all pages share.
struct Manual {
  let root: CommandSpecification
  let articles: [ManualArticle]
  let version: String
  let date: String

  /// A page that another one refers to.
  struct Reference: Hashable {
    var name: String
    var section = 1
  }

  /// The commands that have a page: all that are shown.
  var places: [CommandPath] { CommandPath(root).all.filter { !$0.isHidden } }

  func header(_ name: String, _ section: Int) -> [String] {
    [
      ".\\\" Generated from the command definitions.", ".Dd \(date)", ".Dt \(name.uppercased()) \(section)",
      ".Os \(root.name) \(version)",
    ]
  }

  /// The program's page, those of its commands and groups, and the articles.
  var overview: [Reference] {
    places.filter { $0.names.count < 2 }.map { Reference(name: $0.pageName) } + articleReferences
  }

  var articleReferences: [Reference] { articles.map { Reference(name: $0.name, section: $0.section) } }

  /// The section that ends a page, sorted by section of the manual and name, as mdoc(7) wants it; the page itself is left out.
  func seeAlso(_ references: [Reference], on own: Reference) -> [String] {
    let pages = Set(references).subtracting([own]).sorted { ($0.section, $0.name) < ($1.section, $1.name) }
    guard !pages.isEmpty else { return [] }
    return [".Sh SEE ALSO"]
      + pages.enumerated().map {
        ".Xr \($0.element.name) \($0.element.section)" + ($0.offset < pages.count - 1 ? " ," : "")
      }
  }
}
