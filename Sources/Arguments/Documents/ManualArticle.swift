/// A page of the manual that belongs to no command: a file format (section 5), or an overview (section 7).
///
/// `Audit(root, articles:)` checks the options and command lines that it names, as it does for the texts of commands.
public struct ManualArticle: Equatable, Sendable {
  /// A piece of the page, in the page's order.
  public enum Part: Equatable, Sendable {
    /// `DESCRIPTION`: in capitals.
    case section(String)
    case heading(String)
    /// Paragraphs as in a command's discussion; `literal` words in backquotes.
    case text(String)
    /// Terms, each with a text that explains it.
    case terms([Term])
    /// Lines of a file, as they are.
    case listing(String)
    /// Command lines, each shown with a `$` before it.
    case commands([String])
  }

  public struct Term: Equatable, Sendable {
    public var name: String
    public var text: String

    public init(_ name: String, _ text: String) {
      self.name = name
      self.text = text
    }
  }

  /// `usher-config`.
  public var name: String
  /// The section of the manual: 5 for a file, 7 for an overview.
  public var section: Int
  /// One line without a full stop.
  public var summary: String
  public var parts: [Part]

  public init(_ name: String, section: Int, summary: String, parts: [Part]) {
    self.name = name
    self.section = section
    self.summary = summary
    self.parts = parts
  }

  /// `usher-config.5`.
  public var fileName: String { "\(name).\(section)" }

  var texts: [String] {
    parts.flatMap { part -> [String] in
      switch part {
      case .text(let text): [text]
      case .terms(let terms): terms.map(\.text)
      case .section, .heading, .listing, .commands: []
      }
    }
  }

  var commandLines: [String] {
    parts.flatMap { part -> [String] in
      if case .commands(let lines) = part { return lines }
      return []
    }
  }
}

extension ManualArticle.Part {
  /// Whether `next` is a paragraph that this part has to be divided from.
  fileprivate func isBeforeParagraph(_ next: ManualArticle.Part) -> Bool {
    guard case .text = next else { return false }
    switch self {
    case .section, .heading: return false
    case .text, .terms, .listing, .commands: return true
    }
  }
}

extension ManualArticle {
  /// The page in mdoc.
  func page(in manual: Manual) -> String {
    let body = parts.enumerated().flatMap { index, part in
      (index > 0 && parts[index - 1].isBeforeParagraph(part) ? [".Pp"] : []) + Self.markup(of: part)
    }
    let seeAlso = manual.seeAlso(manual.overview, on: Manual.Reference(name: name, section: section))
    let lines =
      manual.header(name, section) + [".Sh NAME", ".Nm \(name)", ".Nd \(Roff.arguments(summary))"] + body + seeAlso
    return lines.joined(separator: "\n") + "\n"
  }

  private static func markup(of part: Part) -> [String] {
    switch part {
    case .section(let title): return [".Sh \(title)"]
    case .heading(let title): return [".Ss \(Roff.arguments(title))"]
    case .text(let text): return Roff.discussion(text)
    case .listing(let text):
      return Roff.display(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    case .commands(let lines): return Roff.display(lines.map { "$ " + $0 })
    case .terms(let terms):
      let items = terms.flatMap { term in [".It \(Roff.arguments(term.name))"] + Roff.text(term.text + ".") }
      return [".Bl -tag -width Ds"] + items + [".El"]
    }
  }
}
