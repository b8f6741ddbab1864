/// Counts for people. JSON and CSV have the plain numbers.
extension Int {
  /// The number with a comma between each three digits: `19,759`.
  public var grouped: String { Figures.grouped(String(self)) }

  /// The number with its noun: `1 event`, `2,100 events`, `3 people`.
  ///
  /// - Parameter plural: where it is not the noun with an s.
  public func counted(_ noun: String, plural: String? = nil) -> String {
    "\(grouped) \(self == 1 ? noun : plural ?? noun + "s")"
  }
}
