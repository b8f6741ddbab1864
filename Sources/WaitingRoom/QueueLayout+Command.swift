extension QueueLayout {
  /// A command for this queue that can be pasted, in backticks: `usher queue resume --queue tickets`.
  ///
  /// - Parameter words: what stands behind `usher queue`.
  public func command(_ words: String) -> String { "`\(Self.command(words, queue: name))`" }

  /// The same without backticks. The queue is always named, because several may be configured.
  public static func command(_ words: String, queue: String) -> String {
    "usher queue \(words) --queue \(quoted(queue))"
  }

  /// A name as a shell takes it; bare where it holds nothing that a shell could read otherwise.
  private static func quoted(_ name: String) -> String {
    let isBare = name.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || "0123456789-_./:".unicodeScalars.contains($0)
    }
    return isBare && !name.isEmpty
      ? name : "'" + name.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
  }
}
