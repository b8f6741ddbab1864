import Text

extension QueueLayout {
  /// A command for this queue that can be pasted, in backticks: `usher queue resume --queue tickets`.
  ///
  /// - Parameter words: the words after `usher queue`.
  public func command(_ words: String) -> String { "`\(Self.command(words, queue: name))`" }

  /// The same without backticks. The queue is always named, because several may be configured.
  public static func command(_ words: String, queue: String) -> String {
    "usher queue \(words) --queue \(ShellWords.quoted(queue))"
  }
}
