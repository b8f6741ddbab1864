/// How many columns of a terminal a text takes: `대기열` six, a decomposed `한` two, an emoji two.
///
/// Control characters count as none, because no terminal draws them: escape them first. Right-to-left text takes as many
/// columns as any other; a terminal that reorders it changes their order, not their number.
public enum Columns {
  public static func width(of text: some StringProtocol) -> Int {
    printableASCIICount(text) ?? text.reduce(0) { $0 + width(of: $1) }
  }

  /// One character as a reader sees it, however many code points it is made of: it is drawn whole or not at all.
  public static func width(of character: Character) -> Int {
    let scalars = character.unicodeScalars
    guard let first = scalars.first else { return 0 }
    if scalars.count == 1 { return first.columns }
    if isDrawnAsEmoji(scalars) { return 2 }
    return scalars.reduce(0) { $0 + $1.columns }
  }

  /// The text, or what fits with `…` as its last column; a wide character is never halved.
  public static func cut(_ text: String, to columns: Int) -> String {
    guard width(of: text) > columns else { return text }
    guard columns > 0 else { return "" }
    var kept = ""
    var used = 0
    for character in text {
      used += width(of: character)
      if used > columns - 1 { break }
      kept.append(character)
    }
    return kept + "…"
  }

  /// The number of bytes when all of them are printable ASCII: most texts are, and need no look at their characters.
  static func printableASCIICount(_ text: some StringProtocol) -> Int? {
    var count = 0
    for byte in text.utf8 {
      if byte < 0x20 || byte > 0x7E { return nil }
      count += 1
    }
    return count
  }

  /// Several code points drawn as one emoji: a flag, a keycap, a joined family, a skin tone, a variation.
  private static func isDrawnAsEmoji(_ scalars: Character.UnicodeScalarView) -> Bool {
    guard let first = scalars.first, first.properties.isEmoji else { return false }
    return scalars.dropFirst().contains { scalar in
      switch scalar.value {
      case 0xFE0F, 0x20E3, 0x200D, 0x1F3FB...0x1F3FF, 0x1F1E6...0x1F1FF, 0xE0020...0xE007F: true
      default: false
      }
    }
  }
}

extension Unicode.Scalar {
  /// How many columns this code point takes by itself.
  ///
  /// Ambiguous ones count as narrow, as terminals outside of the old East Asian encodings draw them.
  /// Source: Unicode Standard Annex #11.
  var columns: Int {
    switch value {
    case 0..<0x20, 0x7F..<0xA0: return 0
    case 0x20..<0x300: return 1
    // The vowels and final consonants of decomposed Hangul join the leading consonant before them.
    case 0x1160...0x11FF, 0xD7B0...0xD7FF: return 0
    default: break
    }
    if isEastAsianWide { return 2 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control, .lineSeparator, .paragraphSeparator: return 0
    default: return properties.isEmojiPresentation ? 2 : 1
    }
  }

  /// Whether it is wide or fullwidth; emoji are told by their own property.
  var isEastAsianWide: Bool {
    switch value {
    // Tone and voicing marks, which combine.
    case 0x302A...0x302F, 0x3099...0x309A: false
    case 0x1100...0x115F, 0x2329...0x232A, 0x2630...0x2637, 0x268A...0x268F, 0x2E80...0x303E, 0x3041...0x3247,
      0x3250...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F,
      0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x16FE3, 0x16FF0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1D300...0x1D356,
      0x1D360...0x1D376, 0x1F200...0x1F265, 0x20000...0x2FFFD, 0x30000...0x3FFFD:
      true
    default: false
    }
  }
}
