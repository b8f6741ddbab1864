import Arguments
import Testing

@testable import UsherCommands

@Suite("The documents made from the commands")
struct DocumentsTests {
  @Test("there is a page for usher, for each group and for each command, and a script for each shell")
  func files() {
    let paths = DocumentsCommand.files.map(\.path)
    #expect(paths.first == "man/usher.1")
    #expect(paths.contains("man/usher-queue.1") && paths.contains("man/usher-queue-admit.1"))
    #expect(paths.contains("man/usher-config.5") && paths.contains("man/usher-runbook.7"))
    #expect(paths.suffix(3) == ["completions/usher.bash", "completions/_usher", "completions/usher.fish"])
  }

  @Test("every command and option that is shown stands in its page")
  func pages() {
    let files = DocumentsCommand.files
    for entry in Catalog.entries {
      for (path, command) in entry.commands where !command.specification.isHidden {
        let name = "man/usher-\(path.joined(separator: "-")).1"
        // `\\&` only keeps a word from being a macro.
        let page = (files.first { $0.path == name }?.text ?? "").replacing("\\&", with: "")
        #expect(page.contains("\n.Nm \"usher \(path.joined(separator: " "))\"\n"), "\(path)")
        for option in command.specification.options where !option.details.isHidden {
          let flag = option.details.name.split(separator: "-").joined(separator: "\\-")
          #expect(page.contains("Fl \\-\(flag)"), "\(path) --\(option.details.name)")
        }
      }
    }
  }

  @Test("documents are the same each time, and nothing hidden is in them")
  func stable() {
    let (once, again) = (DocumentsCommand.files, DocumentsCommand.files)
    #expect(once.map(\.text) == again.map(\.text))
    #expect(once.allSatisfy { !$0.text.contains("__documents") })
    #expect(!manifest(for: Catalog.root, version: "1").contains("__documents"))
  }
}
