extension Int {
  /// With a comma at every three digits, as the commands write counts: `19,759`.
  var grouped: String {
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
}
