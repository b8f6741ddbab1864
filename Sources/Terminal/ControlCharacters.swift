extension String {
  /// The text with everything escaped that could move the cursor, change the terminal's state, reorder or hide text.
  ///
  /// A tab becomes `\t`, ESC `\x1b`, a bidirectional override `\u{202e}`. Other text, also backslashes, stays.
  public var escapingControls: String {
    if isPrintableASCII || !unicodeScalars.contains(where: \.isTerminalControl) { return self }
    var escaped = ""
    for scalar in unicodeScalars {
      if scalar.isTerminalControl { escaped += scalar.controlEscape } else { escaped.unicodeScalars.append(scalar) }
    }
    return escaped
  }
}

extension Unicode.Scalar {
  /// Whether a terminal would obey this scalar instead of drawing it: C0, DEL, C1, line separators, bidirectional
  /// controls and the zero-width marks that hide a difference between two names. Joiners stay: emoji need them.
  var isTerminalControl: Bool {
    switch value {
    case 0...0x1F, 0x7F...0x9F, 0x061C, 0x200B, 0x200E...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF,
      0xFFF9...0xFFFB:
      true
    default: false
    }
  }

  var controlEscape: String {
    switch value {
    case 0x09: return "\\t"
    case 0x0A: return "\\n"
    case 0x0D: return "\\r"
    case 0...0x9F:
      let digits = String(value, radix: 16)
      return "\\x" + (digits.count == 1 ? "0" : "") + digits
    default: return "\\u{" + String(value, radix: 16) + "}"
    }
  }
}
