import Failures

extension Figures {
  /// A count with its noun: `1 key`, `2,100 keys`, `3 people`.
  ///
  /// - Parameter plural: where it is not the noun with an s.
  public static func count(_ number: Int, _ noun: String, plural: String? = nil) -> String {
    number.counted(noun, plural: plural)
  }
}
