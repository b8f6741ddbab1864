extension String {
  /// The text with everything escaped that could move the cursor, change the terminal's state, reorder or hide text.
  ///
  /// A tab becomes `\t`, ESC `\x1b`, a bidirectional override `\u{202e}`. Other text stays as it is, backslashes too: this is for
  /// prose. Keys, members and patterns, which must be read back, are written by `ByteNotation`.
  public var escapingControls: String {
    if utf8.allSatisfy({ $0 >= 0x20 && $0 <= 0x7E }) || !unicodeScalars.contains(where: \.isTerminalControl) {
      return self
    }
    var escaped = ""
    for scalar in unicodeScalars {
      if scalar.isTerminalControl { escaped += scalar.controlEscape } else { escaped.unicodeScalars.append(scalar) }
    }
    return escaped
  }
}

extension Unicode.Scalar {
  /// Whether a terminal would obey this scalar instead of drawing it: C0, DEL, C1, line separators, bidirectional
  /// controls and the zero-width marks that hide a difference between two names. Joiners are none of them: emoji need them.
  public var isTerminalControl: Bool {
    switch value {
    case 0...0x1F, 0x7F...0x9F, 0x061C, 0x200B, 0x200E...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF,
      0xFFF9...0xFFFB:
      true
    default: false
    }
  }

  fileprivate var controlEscape: String {
    switch value {
    case 0x09: "\\t"
    case 0x0A: "\\n"
    case 0x0D: "\\r"
    case 0...0x9F: "\\x" + value.hexadecimal(digits: 2)
    default: "\\u{" + value.hexadecimal(digits: 1) + "}"
    }
  }
}
