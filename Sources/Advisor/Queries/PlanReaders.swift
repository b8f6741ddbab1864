/// Finds the nodes in which an InitPlan or a common table may have run.
struct PlanReaders {
  private let times: PlanTimes

  init(_ times: PlanTimes) { self.times = times }

  /// The candidates, the most likely first: those that read the result, then the nodes above them.
  ///
  /// A node above a reader runs it where the reader is started again: the server evaluates the keys of an index scan at that time.
  func candidates(for place: Int) -> [Int] {
    guard let parent = times.parents[place] else { return [] }
    let scope = subtree(parent).filter { !times.isBelow($0, place) }
    if let name = times.nodes[place].commonTable {
      return scope.filter { times.nodes[$0].type == "CTE Scan" && times.nodes[$0].source == name }
    }
    let words = Self.words(of: times.nodes[place].subplan ?? "")
    let readers = scope.filter { reader in
      times.nodes[reader].expressions.contains { text in words.contains { Self.contains(text, $0) } }
    }
    // The lowest reader computes it; those above get the value as a column. A Gather computes it for its workers.
    let lowestFirst = readers.sorted { depth($0) > depth($1) }.map { evaluator($0, below: parent) }
    var above: [Int] = []
    for reader in lowestFirst { above += ancestors(reader, upTo: parent) }
    let found = lowestFirst + above + [parent]
    return found + (readers.isEmpty ? scope.sorted { times.own[$0] > times.own[$1] } : [])
  }

  /// `InitPlan 1 (returns $0,$1)` is read as `$0` or `$1`, and since version 17 `InitPlan 1` as `(InitPlan 1).col1`.
  static func words(of subplan: String) -> [String] {
    guard let start = subplan.firstRange(of: "(returns ") else { return ["\(subplan))"] }
    return subplan[start.upperBound...].dropLast().split(separator: ",").map { String($0) }
  }

  /// Whether a text has a word that is not the beginning of a longer number: `$1` is not in `$10`.
  static func contains(_ text: String, _ word: String) -> Bool {
    text.ranges(of: word).contains { range in
      range.upperBound == text.endIndex || !("0"..."9").contains(text[range.upperBound])
    }
  }

  private func evaluator(_ place: Int, below top: Int) -> Int {
    ancestors(place, upTo: top).last { times.nodes[$0].type.hasPrefix("Gather") } ?? place
  }

  /// The nodes above one, the nearest first.
  private func ancestors(_ place: Int, upTo top: Int) -> [Int] {
    var found: [Int] = []
    var next = place == top ? nil : times.parents[place]
    while let place = next {
      found.append(place)
      next = place == top ? nil : times.parents[place]
    }
    return found
  }

  private func depth(_ place: Int) -> Int { times.parents[place].map { depth($0) + 1 } ?? 0 }

  private func subtree(_ place: Int) -> [Int] { [place] + times.children[place].flatMap(subtree) }
}
