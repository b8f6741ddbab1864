extension String {
  /// The number of terminal columns that the text takes: `대기열` six, a decomposed `한` two, an emoji two.
  ///
  /// A control character counts as none, because no terminal draws it: escape it first with `escapingControls`.
  /// Right-to-left text takes as many columns as any other: a terminal that reorders it changes the order, not the number.
  public var displayWidth: Int { Self.columns(of: self) }

  fileprivate static func columns(of text: some StringProtocol) -> Int {
    printableASCIICount(text) ?? text.reduce(0) { $0 + $1.displayWidth }
  }

  /// The number of bytes when all of them are printable ASCII. This is the usual case, and it needs no look at characters.
  private static func printableASCIICount(_ text: some StringProtocol) -> Int? {
    var count = 0
    for byte in text.utf8 {
      if byte < 0x20 || byte > 0x7E { return nil }
      count += 1
    }
    return count
  }
}

extension Substring {
  /// The number of terminal columns that the text takes; see `String.displayWidth`.
  public var displayWidth: Int { String.columns(of: self) }
}

extension Character {
  /// The number of terminal columns that this grapheme cluster takes. A terminal draws a cluster whole or not at all.
  public var displayWidth: Int {
    guard let first = unicodeScalars.first else { return 0 }
    if unicodeScalars.count == 1 { return first.columns }
    if isDrawnAsEmoji { return 2 }
    return unicodeScalars.reduce(0) { $0 + $1.columns }
  }

  /// Several code points drawn as one emoji: a flag, a keycap, a joined family, a skin tone, a variation.
  private var isDrawnAsEmoji: Bool {
    guard let first = unicodeScalars.first, first.properties.isEmoji else { return false }
    return unicodeScalars.dropFirst().contains { scalar in
      switch scalar.value {
      case 0xFE0F, 0x20E3, 0x200D, 0x1F3FB...0x1F3FF, 0x1F1E6...0x1F1FF, 0xE0020...0xE007F: true
      default: false
      }
    }
  }
}

extension Unicode.Scalar {
  /// The number of columns that this code point takes by itself.
  ///
  /// An ambiguous one counts as narrow, as terminals draw it outside of the old East Asian encodings.
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

  /// Whether it is wide or fullwidth. Emoji are known by their own property.
  private var isEastAsianWide: Bool {
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
