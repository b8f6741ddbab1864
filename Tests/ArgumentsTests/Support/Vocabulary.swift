import Arguments

/// Words that mean something to a program, and some that look as if they did: what chance makes command lines of.
struct Vocabulary {
  private(set) var words: [[UInt8]]

  init(_ root: CommandSpecification) {
    var words = Vocabulary.traps
    Vocabulary.add(root, to: &words)
    self.words = Set(words).sorted().map { Array($0.utf8) } + Vocabulary.badBytes
  }

  /// What parsers stumble over.
  private static let traps = [
    "", " ", "-", "--", "---", "=", ",", "'", "help", "--help", "-h", "--version", "--no-", "5", "-5", "0", "_", "1_0",
    "1_000",
    "-1e3", "-1e999", "9223372036854775808", "-9223372036854775808", "99999999999999999999", "99999999999w", "0/s",
    "@-9e9", "2025-02-30T00:00:00Z", "0000-01-01T00:00:00+23:59", "10K", "[::1]:0", "대기열", "\u{1112}\u{1161}\u{11AB}",
    "280000000000000000000000w1900000000000000000000000d", "é", "e\u{301}", "👩‍👩‍👧", "תור", "\u{0}", "\u{202E}",
    "\u{1B}[31m",
  ]

  private static let badBytes: [[UInt8]] = [
    [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0x2D, 0x2D, 0xFF], [0x2D, 0xF0, 0x9F],
  ]

  private static func add(_ command: CommandSpecification, to words: inout [String]) {
    words.append(command.name)
    for option in command.options {
      let details = option.details
      words += ([details.name] + details.formerNames).flatMap { ["--\($0)", "--no-\($0)", "--\($0)=", $0] }
      words += details.short.map { ["-\($0)", String($0)] } ?? []
      words += option.defaultTexts
      if let form = option.form.valueForm { words += form.choices + [form.example] }
    }
    for operand in command.operands { words += operand.form.choices + [operand.form.example] }
    for subcommand in command.subcommands { add(subcommand, to: &words) }
  }
}
