import Text

/// Which columns a table has and how wide they are, decided from the headings and the first rows.
///
/// A table that is wider than the terminal first breaks its headings, then lets columns become as narrow as they may, those of the
/// highest rank first. Where that does not do, columns leave the table and stand below their row; where only the first one would
/// be left, each record lies on its side.
struct TableLayout {
  /// Two blanks: one is hard to tell from a blank inside a value.
  static let gap = 2

  /// The columns of the table, in order.
  let shown: [Int]
  /// Those that stand below their row.
  let below: [Int]
  /// The width of each column; of those below what it would be.
  let widths: [Int]
  /// Whether each record is lines of `name  value`.
  var isOnItsSide: Bool { shown.isEmpty && !below.isEmpty }

  /// `available` is the terminal's width, or nil if nothing may be cut.
  init(_ columns: [TableColumn], cells: [[String]], available: Int?) {
    let needs = Needs(columns, cells)
    let all = Array(columns.indices)
    guard let available, Self.total(of: needs.natural, all) > available else {
      (shown, below, widths) = (all, [], needs.natural)
      return
    }
    var left = all
    while left.count > 1 || all.count == 1 {
      if let widths = Self.fit(columns, needs, left, available) ?? (all.count == 1 ? needs.natural : nil) {
        (shown, below, self.widths) = (left, all.filter { !left.contains($0) }, widths)
        return
      }
      left = Self.withoutLeastImportant(left, columns)
    }
    (shown, below, widths) = ([], all, needs.natural)
  }

  /// The first column is what the row is called by, and never goes.
  private static func withoutLeastImportant(_ left: [Int], _ columns: [TableColumn]) -> [Int] {
    let highest = left.dropFirst().map { columns[$0].rank }.max() ?? 0
    guard highest > 0 else { return left.dropLast() }
    return left.prefix(1) + left.dropFirst().filter { columns[$0].rank < highest }
  }

  /// The widths with which these columns fit; nil when they do not.
  private static func fit(_ columns: [TableColumn], _ needs: Needs, _ left: [Int], _ available: Int) -> [Int]? {
    var widths = needs.natural
    var excess = total(of: widths, left) - available
    /// Takes from the widest until all fit, and from none more than down to its floor.
    func take(_ some: [Int], downTo floors: [Int]) {
      while excess > 0 {
        let able = some.filter { widths[$0] > floors[$0] }
        guard let widest = able.max(by: { widths[$0] < widths[$1] }) else { return }
        let next = able.filter { $0 != widest }.map { widths[$0] }.max() ?? floors[widest]
        let cut = min(excess, max(1, widths[widest] - max(next, floors[widest])))
        widths[widest] -= cut
        excess -= cut
      }
    }
    take(left, downTo: needs.withBrokenHeading)
    for rank in Set(left.map { columns[$0].rank }).sorted(by: >) {
      take(left.filter { columns[$0].rank == rank }, downTo: needs.least)
    }
    return excess > 0 ? nil : widths
  }

  private static func total(of widths: [Int], _ left: [Int]) -> Int {
    left.reduce(0) { $0 + widths[$1] } + gap * max(0, left.count - 1)
  }

  /// How wide the columns want to be and have to be.
  private struct Needs {
    private(set) var natural: [Int] = []
    private(set) var withBrokenHeading: [Int] = []
    private(set) var least: [Int] = []

    init(_ columns: [TableColumn], _ cells: [[String]]) {
      for (index, column) in columns.enumerated() {
        let body = cells.reduce(0) { max($0, $1[index].displayWidth) }
        let word = TableLayout.widestWord(column.heading)
        natural.append(max(body, column.heading.displayWidth))
        withBrokenHeading.append(max(body, word))
        var least = column.giving == .never ? Int.max : column.least
        if column.keepsWords {
          least = cells.reduce(least) { max($0, TableLayout.widestWord($1[index])) }
        }
        self.least.append(min(withBrokenHeading[index], max(least, word)))
      }
    }
  }

  /// Of the words that cannot be divided, as those in scripts without blanks can.
  static func widestWord(_ text: String) -> Int {
    text.split(separator: " ").reduce(0) { max($0, Sentence.isDivisible($1) ? 2 : String($1).displayWidth) }
  }
}
