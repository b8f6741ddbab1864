/// What a mistyped word probably means. A suggestion is only ever shown, never run.
public enum Spelling {
  /// The candidates near a word, the nearest first, at most three; those at one distance in the order given.
  ///
  /// A third of the letters may be wrong: one in a short word, three in a long one. A candidate that begins with the word is as near
  /// as the word itself. The case of letters does not matter.
  public static func nearest(to word: String, among candidates: [String]) -> [String] {
    let letters = Array(word.lowercased().utf8)
    guard !letters.isEmpty, letters.count <= longest else { return [] }
    let allowed = min(3, max(1, letters.count / 3))
    var found: [(candidate: String, distance: Int)] = []
    for candidate in candidates where !found.contains(where: { $0.candidate == candidate }) {
      let other = Array(candidate.lowercased().utf8)
      let isStart = letters.count >= 2 && other.starts(with: letters)
      let distance = isStart ? 0 : distance(letters, other, atMost: allowed)
      if distance <= allowed { found.append((candidate, distance)) }
    }
    return found.enumerated().sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }
      .prefix(3).map(\.element.candidate)
  }

  /// A longer word is no typing mistake.
  private static let longest = 64

  /// The number of insertions, deletions, replacements and swaps of neighbours that lead from one to the other.
  ///
  /// It is exact up to `limit`; beyond, it is only known to be greater.
  /// Source: optimal string alignment, the restricted Damerau-Levenshtein distance.
  static func distance(_ one: [UInt8], _ other: [UInt8], atMost limit: Int) -> Int {
    guard abs(one.count - other.count) <= limit else { return limit + 1 }
    if one.isEmpty || other.isEmpty { return max(one.count, other.count) }
    var beforeLast: [Int] = []
    var last = Array(0...other.count)
    for row in 1...one.count {
      var current = [row]
      for column in 1...other.count {
        let isSame = one[row - 1] == other[column - 1]
        var best = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
        if row > 1, column > 1, one[row - 1] == other[column - 2], one[row - 2] == other[column - 1] {
          best = min(best, beforeLast[column - 2] + 1)
        }
        current.append(best)
      }
      (beforeLast, last) = (last, current)
    }
    return last[other.count]
  }
}
