import Arguments
import Testing

@testable import UsherCommands

@Suite("The specifications of all commands")
struct SpecificationTests {
  @Test("the audit finds nothing")
  func audit() {
    let findings = Audit(Catalog.root, articles: DocumentsCommand.articles).findings
    #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
  }

  @Test("the full help of a command fits two screens of 25 lines, and points to the global options in one line")
  func twoScreens() throws {
    for (path, command) in Catalog.entries.flatMap(\.commands) where !command.specification.isHidden {
      guard case .help(let page) = Parser(Catalog.root).parse(path + ["--help"]) else {
        Issue.record("\(path) has no help")
        continue
      }
      let lines = page.text(width: 80).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      #expect(lines.count <= 50, "\(path.joined(separator: " ")): \(lines.count) lines")
      #expect(lines.contains("Global options: see `usher help options`"))
    }
  }

  @Test("every key that a command declares stands in its specification, so that reading it gives what was typed")
  func keys() throws {
    var count = 0
    for (file, text) in try SourceFiles.commandFiles() where text.contains("static let specification") {
      // The specification and what stands between it and the command's run.
      guard let start = text.firstRange(of: "static let specification")?.upperBound else { continue }
      let specification = text[start...].prefix(
        upTo: text[start...].firstRange(of: "static func run")?.lowerBound ?? text.endIndex)
      let words = specification.split { !($0.isLetter || $0.isNumber || $0 == "_") }
      for match in text.matches(of: #/static let (\w+)\s*=\s*(?:\w*Option|Toggle|Counter|\w*Operand|OperandList)\(/#) {
        count += 1
        let uses = words.filter { $0 == match.1 }.count - (match.range.lowerBound > start ? 1 : 0)
        #expect(uses > 0, "\(file): \(match.1) is declared and not listed")
      }
    }
    #expect(count > 10)
  }
}
