/// The widths of a table's columns, decided from the heading and the first rows.
struct TableLayout {
  /// Two blanks: one is hard to tell from a blank inside a value.
  static let gap = 2
  /// A truncated column keeps at least this much, or it says nothing.
  static let narrowest = 8

  let widths: [Int]
  /// Whether a cell that is wider than its column is cut; off a terminal nothing ever is.
  let truncates: Bool

  /// `available` is the terminal's width, or nil where nothing may be cut.
  init(cells: [[String]], alignments: [Alignment], available: Int?) {
    var widths = alignments.map { _ in 0 }
    for row in cells {
      for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.displayWidth) }
    }
    if let available { Self.fit(&widths, alignments, available - Self.gap * (widths.count - 1)) }
    self.widths = widths
    self.truncates = available != nil
  }

  /// Takes columns off the widest text until all fit; numbers are never cut, because half a number is another number.
  private static func fit(_ widths: inout [Int], _ alignments: [Alignment], _ available: Int) {
    var excess = widths.reduce(0, +) - available
    while excess > 0 {
      let texts = widths.indices.filter { alignments[$0] == .leading && widths[$0] > narrowest }
      guard let widest = texts.max(by: { widths[$0] < widths[$1] }) else { return }
      let next = texts.filter { $0 != widest }.map { widths[$0] }.max() ?? narrowest
      let cut = min(excess, max(1, widths[widest] - max(next, narrowest)))
      widths[widest] -= cut
      excess -= cut
    }
  }
}
