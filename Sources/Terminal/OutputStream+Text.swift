import Text

extension OutputStream {
  /// Writes a text for a person, control characters escaped: on a terminal in lines of its width, the further ones under the
  /// beginning of the text; anywhere else, and where it fits, in one line.
  ///
  /// - Parameters:
  ///   - lead: what stands before the text in the first line: `  hint: `. Without it further lines are indented by two.
  ///   - continuation: what stands before the text in further lines, where that is not blanks.
  public func writeText(
    _ text: String, style: Style? = nil, lead: String = "", leadStyle: Style? = nil, continuation: String? = nil
  ) throws(OutputError) {
    let lines = lines(of: text, style: style, lead: lead, leadStyle: leadStyle, continuation: continuation)
    try write(lines.joined(separator: "\n") + "\n")
  }

  /// The lines that `writeText` writes.
  public func lines(
    of text: String, style: Style? = nil, lead: String = "", leadStyle: Style? = nil, continuation: String? = nil
  ) -> [String] {
    // Blanks before the text belong to what stands before it.
    let text = text.escapingControls
    let body = String(text.drop { $0 == " " })
    let head = lead + String(repeating: " ", count: text.count - body.count)
    let painted = paint(lead: head, leadStyle)
    let columns = width ?? 80
    guard isTerminal, head.displayWidth + body.displayWidth > columns else { return [painted + paint(body, style)] }
    let indent = head.displayWidth + (lead.isEmpty ? Self.hangingIndent : 0)
    // On a terminal that is hardly wider than the label, the text goes on below it.
    let blanks = columns - indent < Self.leastRoom ? min(indent, Self.narrowIndent) : indent
    let rest = continuation ?? String(repeating: " ", count: blanks)
    return Sentence(body).lines(first: columns - head.displayWidth, others: columns - rest.displayWidth)
      .enumerated().map { number, line in (number == 0 ? painted : rest) + paint(line, style) }
  }

  /// A label in a style, but not the blanks around it.
  private func paint(lead: String, _ style: Style?) -> String {
    let label = lead.drop { $0 == " " }
    let end = label.reversed().prefix { $0 == " " }.count
    let blanks = lead.count - label.count
    return String(lead.prefix(blanks)) + paint(String(label.dropLast(end)), style) + String(label.suffix(end))
  }

  private static var hangingIndent: Int { 2 }
  private static var narrowIndent: Int { 4 }
  /// Narrower columns of text are hard to read.
  private static var leastRoom: Int { 16 }
}
