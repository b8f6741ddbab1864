import Arguments
import Text

/// Lays any text out as help, cuts it and quotes it.
enum TextCheck {
  /// The first byte is a width, the others are the text.
  static func run(_ input: [UInt8]) {
    guard let first = input.first, let text = String(validating: input.dropFirst(), as: UTF8.self) else { return }
    show("\(first): \(text.debugDescription)")
    let cut = text.truncated(toColumns: Int(first))
    if cut.displayWidth > Int(first) { expect("\(cut) is wider than \(first) columns") }
    if Promises.drivesTerminal(ShellWords.quoted(text)) { expect("it drives the terminal in quotes") }
    let command = CommandSpecification(
      "tool", summary: text, discussion: text, examples: [Example("tool", text)],
      operands: [OptionalOperand("WORD", .text, help: text)],
      options: [Option("name", .text, placeholder: text, help: text, section: text)],
      exitStatuses: [ExitStatus(1, text)], seeAlso: [text])
    for style in [HelpPage.Style.short, .full] {
      let page = HelpPage(CommandPath(command), style).text(width: Int(first))
      if !page.hasPrefix("usage: tool") { expect("help without its usage line") }
    }
  }
}
