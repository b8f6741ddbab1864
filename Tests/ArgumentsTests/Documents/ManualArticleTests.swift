import Testing

@testable import Arguments

@Suite("Rule 30: pages that no command stands behind")
struct ManualArticleTests {
  private static let article = ManualArticle(
    "tool-file", section: 5, summary: "the file of tool",
    parts: [
      .section("DESCRIPTION"), .text("First `--dry-run` here. Then more.\n\nA second paragraph."),
      .text("A third one."),
      .heading("No It"), .terms([ManualArticle.Term("queue-size: a number", "How 'long' it is")]),
      .listing("a: b\n  .c: 'd'\n"), .text("After a listing."), .commands(["tool queue admit 5 --reason 'it''s late'"]),
    ])

  private static let pages = manualPages(
    for: Sample.root, articles: [article], version: "1.2", date: "March 1, 2025")

  @Test("stand after the commands' pages, in the section of the manual that they name")
  func place() throws {
    #expect(Self.pages.map(\.name).last == "tool-file.5")
    let text = try #require(Self.pages.last?.text)
    #expect(text.contains(".Dt TOOL-FILE 5\n.Os tool 1.2\n.Sh NAME\n.Nm tool-file\n"))
  }

  @Test("are divided into paragraphs, but not after a heading")
  func paragraphs() throws {
    let text = try #require(Self.pages.last?.text)
    #expect(
      text.contains(
        ".Sh DESCRIPTION\nFirst \\fB\\-\\-dry\\-run\\fP here.\nThen more.\n.Pp\nA second paragraph.\n.Pp\nA third one.\n"
      ))
    #expect(text.contains(".Ed\n.Pp\nAfter a listing.\n"))
  }

  @Test("show command lines behind a $, as they must be typed")
  func commands() throws {
    let text = try #require(Self.pages.last?.text)
    #expect(text.contains("\n$ tool queue admit 5 \\-\\-reason \\(aqit\\(aq\\(aqs late\\(aq\n"))
  }

  @Test("and the pages of the program and its groups point to one another, none to itself or to what is not there")
  func seeAlso() throws {
    let twin = ManualArticle(
      "tool", section: 7, summary: "more about tool", parts: [.section("DESCRIPTION"), .text("It.")])
    let pages = manualPages(for: Sample.root, articles: [Self.article, twin], version: "1", date: "March 1, 2025")
    func references(_ text: Substring) -> [String] {
      text.split(separator: "\n").filter { $0.hasPrefix(".Xr ") }.map {
        String($0.dropFirst(4)).replacing(" ,", with: "").replacing(" ", with: ".")
      }
    }
    for page in pages {
      let end = page.text[(page.text.firstRange(of: ".Sh SEE ALSO")?.upperBound ?? page.text.endIndex)...]
      #expect(!references(end).contains(page.name), "\(page.name)")
      #expect(Set(references(page.text[...])).isSubset(of: pages.map(\.name)), "\(page.name)")
      #expect(!references(end).isEmpty)
    }
    let overview = ["tool-cluster.1", "tool-index.1", "tool-outbox.1", "tool-queue.1", "tool-shift.1"]
    let text = { (name: String) in pages.first { $0.name == name }?.text ?? "" }
    func seeAlso(_ name: String) -> [String] {
      references(text(name)[(text(name).firstRange(of: ".Sh SEE ALSO")?.lowerBound ?? text(name).endIndex)...])
    }
    #expect(seeAlso("tool.1") == overview + ["tool-file.5", "tool.7"])
    #expect(seeAlso("tool.7") == ["tool.1"] + overview + ["tool-file.5"])
  }

  @Test("please the checker of mdoc, whatever is in them", .enabled(if: Tool("mandoc") != nil))
  func lint() throws {
    let hostile = ManualArticle(
      "tool-odd", section: 7, summary: "no It. An \"Xr\" \\e",
      parts: [
        .section("DESCRIPTION"), .text(".Sh NAME\n\n'quote first"), .terms([.init("Xr", "It"), .init(",", ".")]),
        .listing(".Ed\n\n\\n"), .commands([".Pp 'x' \\"]),
      ])
    let pages = manualPages(for: Sample.root, articles: [Self.article, hostile], version: "1", date: "March 1, 2025")
    for page in pages {
      let complaints = try Tool.withFile(page.text) { file in
        try Tool("mandoc")?.run(["-T", "lint", "-W", "warning", file]) ?? ""
      }
      // Pages that exist nowhere but here can't be found.
      #expect(complaints == "", "\(page.name)\n\(page.text)")
    }
  }

  @Test("are audited: no option that doesn't exist, no command line that is refused")
  func audit() {
    func findings(_ part: ManualArticle.Part) -> [String] {
      Audit(Sample.root, articles: [ManualArticle("tool-x", section: 7, summary: "x", parts: [part])]).findings
    }
    #expect(findings(.text("Use `--dry-run` and --context.")) == [])
    #expect(findings(.text("Use `--dry-rum`.")) == ["tool: tool-x.7 names --dry-rum, which no command accepts"])
    #expect(findings(.terms([.init("a", "as --no-such-thing")])).count == 1)
    #expect(findings(.commands(["tool queue admit 5 --dry-run | cat", "psql -c 'x'"])) == [])
    #expect(findings(.commands(["tool queue amit 5"])).first?.contains("is refused: tool queue amit 5") == true)
    #expect(
      findings(.commands(["tool queue admit 'x"])) == [
        "tool: a command line of tool-x.7 has an open quote: tool queue admit 'x"
      ])
  }
}
