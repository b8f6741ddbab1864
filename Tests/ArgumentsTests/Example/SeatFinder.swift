import Arguments

enum SeatFinder {
  static let quiet = Toggle("quiet", short: "q", help: "Print only the seats")

  static let count = Operand("COUNT", .integer(1...8), help: "Number of adjacent seats")
  static let row = Option("row", .text, short: "r", placeholder: "ROW", help: "Look in this row only")
  static let hold = DefaultedOption(
    "hold", .duration(.seconds(60)...(.seconds(600))), default: .seconds(300), help: "Hold the seats for this time",
    environment: "SEATS_HOLD")

  static let find = CommandSpecification(
    "find", summary: "Find adjacent seats",
    examples: [Example("seats find 2 --row A", "Two seats in row A")],
    operands: [count], options: [row, hold])

  static let root = CommandSpecification(
    "seats", summary: "Look for seats", options: [quiet], subcommands: [find])

  /// What the program prints for a command line, and the status that it exits with.
  static func answer(_ words: [String], environment: [String: String] = [:]) throws -> (text: String, status: Int32) {
    switch Parser(root).parse(words, environment: environment) {
    case .run(let invocation):
      let place = invocation.values[row].map { " in row \($0)" } ?? ""
      let seats = "\(try invocation.values[count]) seats\(place)"
      let held = hold.kind.print(invocation.values[hold])
      return (invocation.values[quiet] ? "\(seats)\n" : "found \(seats), held for \(held)\n", 0)
    case .help(let page): return (page.text(width: 80), 0)
    case .version: return ("seats 1.0\n", 0)
    case .failure(let error):
      return (error.text(words: words.map { Array($0.utf8) }, isTerminal: true), UsageError.exitStatus)
    }
  }
}
