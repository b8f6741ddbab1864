extension String {
  /// How many terminal columns the text takes: `대기열` six, a decomposed `한` two, an emoji two.
  ///
  /// Control characters count as none: escape them first with `escapingControls`.
  public var displayWidth: Int {
    if let narrow = printableASCIICount { return narrow }
    return reduce(0) { $0 + $1.displayWidth }
  }

  /// The number of bytes when all of them are printable ASCII, else nil.
  var printableASCIICount: Int? {
    for byte in utf8 where byte < 0x20 || byte > 0x7E { return nil }
    return utf8.count
  }
}

extension Character {
  /// How many terminal columns this grapheme cluster takes; a cluster is drawn whole or not at all.
  public var displayWidth: Int {
    let scalars = unicodeScalars
    guard let first = scalars.first else { return 0 }
    if scalars.count == 1 { return first.displayWidth }
    if isDrawnAsEmoji { return 2 }
    return scalars.reduce(0) { $0 + $1.displayWidth }
  }

  /// Whether several scalars are drawn as one emoji: a flag, a keycap, a joined family, a skin tone, a variation.
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
  /// How many terminal columns this scalar takes by itself.
  ///
  /// Ambiguous characters count as narrow, as terminals outside of East Asian legacy encodings draw them.
  /// Source: Unicode Standard Annex #11.
  var displayWidth: Int {
    if value < 0x7F { return value < 0x20 ? 0 : 1 }
    if value < 0xA0 || value == 0xAD { return value == 0xAD ? 1 : 0 }
    if value < 0x300 { return 1 }
    if (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FF).contains(value) { return 0 }
    if isEastAsianWide { return 2 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control, .lineSeparator, .paragraphSeparator: return 0
    default: return properties.isEmojiPresentation ? 2 : 1
    }
  }

  /// Whether the scalar is wide or fullwidth by itself; emoji are told by their own property.
  private var isEastAsianWide: Bool {
    switch value {
    case 0x302A...0x302D, 0x3099...0x309A: false  // tone and voicing marks, which combine
    case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0x4DBF, 0x4E00...0xA4CF,
      0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60,
      0xFFE0...0xFFE6, 0x16FE0...0x16FE3, 0x16FF0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265,
      0x20000...0x2FFFD, 0x30000...0x3FFFD:
      true
    default: false
    }
  }
}
