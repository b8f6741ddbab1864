import Glibc
import Support
import Testing

@testable import UsherCommands

@Suite("A plan as a page")
struct PlanPageTests {
  private static let sql = """
    SELECT count(*) AS "</pre><script>alert('x')</script>" FROM seat
    WHERE status <> '<b>&amp;' AND version < 5
    """

  /// The page of a statement, and what was printed beside it.
  private func page(_ shop: Shop, _ words: String...) throws -> (page: String, run: Binary.Run) {
    let path = "\(scratchRoot)/usher-page-\(getpid())-\(UInt32.random(in: 0 ... .max)).html"
    defer { unlink(path) }
    let run = try shop.run(["query", "explain", "--html", path] + words)
    return (try contents(path) ?? "", run)
  }

  private func contents(_ path: String) throws -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(byte)) }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("holds the statement, the tree and the figures, and is printed as well")
  func whole() throws {
    let (page, run) = try page(Shop(), "--sql", "SELECT * FROM seat WHERE status = 'LOCKED'", "--analyze")
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(run.output.contains("Seq Scan on seat"))
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
    for text in [
      "Seq Scan on seat", "filter: (seat.status = &#39;LOCKED&#39;", " ms itself", "execution ", "costliest",
    ] {
      #expect(page.contains(text), "\(text)")
    }
  }

  @Test("escapes what stands in the statement and its names")
  func escapes() throws {
    let (page, _) = try page(Shop(), "--sql", Self.sql)
    #expect(!page.contains("<script") && !page.contains("<b>"))
    #expect(page.contains("&lt;/pre&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"))
    #expect(page.contains("&lt;b&gt;&amp;amp;"))
    #expect(PlanPage.escaped("a\u{1b}[31m\"'<&>") == "a\\x1b[31m&quot;&#39;&lt;&amp;&gt;")
    #expect(PlanPage.escaped("a\r\n\tb\n", keepsLines: true) == "a\n    b\n")
  }

  @Test("needs nothing from elsewhere")
  func selfContained() throws {
    let (page, _) = try page(Shop(), "--sql", Self.sql)
    for word in ["http://", "https://", "src=", "href=", "url(", "@import", "<link"] {
      #expect(!page.contains(word), "\(word)")
    }
    #expect(page.contains("default-src 'none'"))
    #expect(
      page.contains("prefers-color-scheme") && page.contains("@media print") && page.contains("name=\"viewport\""))
  }

  @Test("every element that is opened is closed")
  func balanced() throws {
    let (page, _) = try page(Shop(), "--sql", "SELECT count(*) FROM seat WHERE (SELECT false)", "--analyze")
    for name in ["ul", "li", "div", "details", "pre", "main", "span", "i", "h2"] {
      let opened = page.ranges(of: "<\(name)>").count + page.ranges(of: "<\(name) ").count
      #expect(opened == page.ranges(of: "</\(name)>").count, "\(name)")
    }
  }

  @Test("a place that cannot be written is refused before the statement is run")
  func refused() throws {
    let shop = try Shop()
    for path in ["/dev/null/plan.html", "/"] {
      let run = try shop.run(["query", "explain", "--sql", "SELECT pg_sleep(60)", "--analyze", "--html", path])
      #expect(run.status == 73 && run.output.isEmpty)
      #expect(run.errors.hasPrefix("usher: cannot write the page '\(path)'\n"))
    }
    let standard = try shop.run(["query", "explain", "--sql", "SELECT 1", "--html", "/dev/stdout"])
    #expect(standard.output.contains("</html>\n") && standard.output.contains("Result"))
  }
}
