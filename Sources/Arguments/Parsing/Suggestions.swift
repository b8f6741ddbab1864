/// What was probably meant. A suggestion is only ever shown, never run.
public enum Suggestions {
  /// The candidates near a word, the nearest first, at most three.
  public static func nearest(to word: String, among candidates: [String]) -> [String] {
    let letters = Array(word.lowercased().utf8)
    guard !letters.isEmpty, letters.count <= longest else { return [] }
    // A third of the letters may be wrong: one in a short word, three in a long one.
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

  /// Full names: near ones at this place, otherwise the same or a near name anywhere in the program.
  static func commands(_ word: String, at path: CommandPath) -> [String] {
    let here = nearest(to: word, among: path.visibleSubcommands.map(\.name)).map { path.text + " " + $0 }
    if !here.isEmpty { return here }
    let everywhere = CommandPath(path.root).all.filter { !$0.isRoot && !$0.isHidden }
    return everywhere.filter { $0.command.name.hasSameBytes(as: word) }.prefix(3).map(\.text)
  }

  static func unknownOption(_ flag: String, at path: CommandPath) -> UsageError.Kind {
    let owners = CommandPath(path.root).all.filter { place in
      !place.isHidden
        && place.command.options.contains { !$0.details.isHidden && $0.details.flag.hasSameBytes(as: flag) }
    }
    let names = path.options.filter { !$0.details.isHidden }.flatMap(\.flags).map { String($0.dropFirst(2)) }
    let near = owners.isEmpty ? nearest(to: String(flag.dropFirst(2)), among: names) : []
    return .unknownOption(flag, suggestions: near.map { "--" + $0 }, owners: owners.map(\.text))
  }

  /// An unknown letter of a bundle; `-dry-run` suggests `--dry-run`.
  static func unknownShort(_ letter: Unicode.Scalar, in word: String, at path: CommandPath) -> UsageError.Kind {
    let long = "-" + word.prefix { $0 != "=" }
    if path.options.contains(where: { !$0.details.isHidden && $0.details.flag.hasSameBytes(as: long) }) {
      return .unknownOption(word, suggestions: [long], owners: [])
    }
    let owners = CommandPath(path.root).all.filter { place in
      !place.isHidden
        && place.command.options.contains { option in
          !option.details.isHidden && option.details.short?.unicodeScalars.elementsEqual([letter]) ?? false
        }
    }
    return .unknownOption("-\(letter)", suggestions: [], owners: owners.map(\.text))
  }

  /// Words longer than this are no typing mistakes of ours.
  private static let longest = 64

  /// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other; more than `limit` is not
  /// told apart. Source: optimal string alignment, the restricted Damerau-Levenshtein distance.
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

extension CommandPath {
  var isHidden: Bool { specifications.contains(where: \.isHidden) }
}

extension OptionDeclaration {
  /// Every present way to write its long name.
  var flags: [String] {
    if case .toggle(isNegatable: true) = form { return [details.flag, "--no-" + details.name] }
    return [details.flag]
  }
}
