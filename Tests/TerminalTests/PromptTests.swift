import Glibc
import Testing

@testable import Terminal

@Suite("Asking on the terminal")
struct PromptTests {
  @Test(
    "only a clear yes is a yes",
    arguments: [
      ("y\n", true), ("Y\n", true), ("yes\n", true), ("YES\n", true), (" y \n", true), ("\n", false), ("n\n", false),
      ("no\n", false), ("yep\n", false), ("y y\n", false), ("ㅛ\n", false), ("\u{4}", false),
    ])
  func confirms(_ typed: String, _ expected: Bool) {
    let terminal = Pseudoterminal()
    terminal.type(typed)
    #expect(Prompt(path: terminal.path, discardsTypeAhead: false).confirm("admit 420 of 18,204?") == expected)
    #expect(terminal.screen.contains("admit 420 of 18,204? [y/N] "))
  }

  @Test(
    "a name has to be typed exactly",
    arguments: [
      ("tickets\n", true), (" tickets\n", true), ("Tickets\n", false), ("ticket\n", false), ("y\n", false),
      ("\n", false), ("\u{4}", false),
    ])
  func typedName(_ typed: String, _ expected: Bool) {
    let terminal = Pseudoterminal()
    terminal.type(typed)
    #expect(
      Prompt(path: terminal.path, discardsTypeAhead: false).confirm("remove 18,204 people", byTyping: "tickets")
        == expected)
    #expect(terminal.screen.contains("type 'tickets' to continue: "))
  }

  @Test("a name beyond ASCII can be typed")
  func wideName() {
    let terminal = Pseudoterminal()
    terminal.type("대기열\n")
    #expect(Prompt(path: terminal.path, discardsTypeAhead: false).confirm("remove everybody", byTyping: "대기열"))
  }

  @Test("two questions get an answer each")
  func twice() {
    let terminal = Pseudoterminal()
    terminal.type("first\nsecond\n")
    let prompt = Prompt(path: terminal.path, discardsTypeAhead: false)
    #expect(prompt.ask("? ") == "first")
    #expect(prompt.ask("? ") == "second")
  }

  @Test("a question is filled into lines of the terminal, and the answer stands behind it")
  func narrow() {
    let terminal = Pseudoterminal(columns: 40)
    terminal.type("y\n")
    let prompt = Prompt(path: terminal.path, discardsTypeAhead: false)
    #expect(prompt.confirm("admit 420 of 18,204 waiting people to queue 'tickets'?"))
    #expect(terminal.screen.contains("admit 420 of 18,204 waiting people to\r\n  queue 'tickets'? [y/N] "))
    terminal.type("tickets\n")
    #expect(prompt.confirm("remove everybody who waits in queue 'tickets'?", byTyping: "tickets"))
    let screen = terminal.screen
    #expect(screen.contains("remove everybody who waits in queue\r\n  'tickets'?\r\ntype 'tickets' to continue: "))
  }

  @Test("control characters of data in a question are escaped, its own lines are kept")
  func escapes() {
    let terminal = Pseudoterminal()
    terminal.type("\n")
    _ = Prompt(path: terminal.path, discardsTypeAhead: false).ask("drop \u{1b}[2Jindex?\nreally? ")
    #expect(terminal.screen.contains("drop \\x1b[2Jindex?\r\nreally? "))
  }

  @Test("an interrupt while an answer is waited for is a no")
  func interrupt() {
    let terminal = Pseudoterminal()
    #expect(Prompt(path: terminal.path, discardsTypeAhead: false, isInterrupted: { true }).confirm("go on?") == false)
    // What is said next does not stand behind the question.
    #expect(terminal.screen == "go on? [y/N] \r\n")
  }

  @Test("without a terminal there is no question and no yes")
  func noTerminal() {
    let prompt = Prompt(path: "/nonexistent/tty")
    #expect(!prompt.isAvailable)
    #expect(!prompt.confirm("go on?"))
    #expect(prompt.ask("name? ") == nil)
  }

  @Test("a terminal that hangs up is a no")
  func hangUp() {
    let terminal = Pseudoterminal()
    #expect(Prompt(path: terminal.path, discardsTypeAhead: false).isAvailable)
    terminal.hangUp()
    #expect(!Prompt(path: terminal.path, discardsTypeAhead: false).confirm("go on?"))
  }
}
