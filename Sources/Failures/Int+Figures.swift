/// Counts as people read them in messages; JSON and CSV have the plain numbers.
extension Int {
  /// With a comma at every three digits: `19,759`.
  public var grouped: String {
    let digits = String(magnitude)
    let head = digits.count % 3 == 0 ? 3 : digits.count % 3
    var parts = [String(digits.prefix(head))]
    var rest = digits.dropFirst(head)
    while !rest.isEmpty {
      parts.append(String(rest.prefix(3)))
      rest = rest.dropFirst(3)
    }
    return (self < 0 ? "-" : "") + parts.joined(separator: ",")
  }

  /// With its noun: `1 event`, `2,100 events`, `3 people`.
  ///
  /// - Parameter plural: where it is not the noun with an s.
  public func counted(_ noun: String, plural: String? = nil) -> String {
    "\(grouped) \(self == 1 ? noun : plural ?? noun + "s")"
  }
}
