import Arguments

extension String {
  /// How many terminal columns the text takes, as help counts them too.
  ///
  /// Control characters count as none: escape them first with `escapingControls`.
  public var displayWidth: Int { Columns.width(of: self) }

  /// Whether all of it is printable ASCII.
  var isPrintableASCII: Bool { utf8.allSatisfy { $0 >= 0x20 && $0 <= 0x7E } }
}

extension Character {
  /// How many terminal columns this grapheme cluster takes; a cluster is drawn whole or not at all.
  public var displayWidth: Int { Columns.width(of: self) }
}
