extension String {
  /// The text itself, or as much of it as fits with `…` in the last column. A wide character is never halved.
  public func truncated(toColumns limit: Int) -> String {
    guard displayWidth > limit else { return self }
    guard limit > 0 else { return "" }
    return String(Self.fitting(self, limit - 1)) + "…"
  }

  /// The text itself, or both of its ends with `…` between them. The first end is longer by one where they differ.
  public func withoutMiddle(toColumns limit: Int) -> String {
    guard displayWidth > limit, limit > 2 else { return truncated(toColumns: limit) }
    let tail = (limit - 1) / 2
    let end = Self.fitting(reversed(), tail).reversed()
    return String(Self.fitting(self, limit - 1 - tail)) + "…" + String(end)
  }

  /// The first characters, as many as fit.
  private static func fitting(_ characters: some Sequence<Character>, _ columns: Int) -> [Character] {
    var used = 0
    return characters.prefix { character in
      used += character.displayWidth
      return used <= columns
    }
  }
}
