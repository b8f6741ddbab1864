/// How many keys there probably are, judged from a sample of the keyspace.
public struct CountEstimate: Equatable, Sendable {
  public let count: Int
  /// Where the true count lies in 95 of 100 cases; one number where everything was read.
  public let range: ClosedRange<Int>

  public var isExact: Bool { range.lowerBound == range.upperBound }

  public init(exactly count: Int) {
    self.init(count: count, range: count...count)
  }

  /// From `matching` keys among `read` ones of a database of `total`.
  ///
  /// A hash knows nothing of names, so pages from all over the server's hash table are a fair draw. The range is Wilson's interval, which stays sensible where nothing or everything matched.
  public init(matching: Int, read: Int, total: Int) {
    guard read > 0, total > 0, read < total else {
      self.init(exactly: matching)
      return
    }
    let z = 1.96
    let draws = Double(read)
    let share = Double(matching) / draws
    let spread = 1 + z * z / draws
    let middle = (share + z * z / (2 * draws)) / spread
    let radius = z / spread * (share * (1 - share) / draws + z * z / (4 * draws * draws)).squareRoot()
    let low = max(matching, Int(((middle - radius) * Double(total)).rounded(.down)))
    let high = min(total - (read - matching), Int(((middle + radius) * Double(total)).rounded(.up)))
    let range = low...max(low, high)
    let likeliest = Int((share * Double(total)).rounded())
    self.init(count: min(max(likeliest, range.lowerBound), range.upperBound), range: range)
  }

  /// The same with keys that were counted one by one.
  func adding(_ exact: Int) -> CountEstimate {
    CountEstimate(count: count + exact, range: range.lowerBound + exact...range.upperBound + exact)
  }

  private init(count: Int, range: ClosedRange<Int>) {
    self.count = count
    self.range = range
  }
}
