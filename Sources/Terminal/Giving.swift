/// What a column does where its table is wider than the terminal. Anywhere else no column ever gives way.
public enum Giving: Sendable {
  /// It stays as it is: figures, because half a number is another number, and ids and names that somebody will copy.
  case never
  /// It is cut at its end.
  case end
  /// It loses its middle, because both ends tell: a path, an address.
  case middle
  /// It goes on in further lines of the same column, broken at blanks.
  case wraps
}

/// How a column looks, whatever its rows hold.
struct TableColumn: Sendable {
  var heading: String
  var alignment = Alignment.leading
  var giving = Giving.end
  /// Columns of a higher rank give way first.
  var rank = 0
  /// How narrow it may become, in columns of the terminal.
  var least: Int
  /// Whether it never becomes narrower than its widest word: a name in a text may be what somebody will copy.
  var keepsWords: Bool

  init(
    _ heading: String, alignment: Alignment = .leading, giving: Giving? = nil, rank: Int = 0, least: Int? = nil
  ) {
    self.heading = heading
    self.alignment = alignment
    self.giving = giving ?? (alignment == .trailing ? .never : .end)
    self.rank = rank
    keepsWords = self.giving == .wraps && least == nil
    self.least = least ?? (self.giving == .wraps ? Self.narrowestWrapped : Self.narrowest)
  }

  /// Less than this of a text says nothing.
  static let narrowest = 8
  /// Two words of English, mostly.
  static let narrowestWrapped = 12
}
