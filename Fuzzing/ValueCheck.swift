import Arguments

/// Reads a word as each kind of value: it is refused, or it survives print and parse.
enum ValueCheck {
  /// The first byte chooses the kind, the others are the word.
  static func run(_ input: [UInt8]) {
    guard let first = input.first, let word = String(validating: input.dropFirst(), as: UTF8.self) else { return }
    show("\(kinds[Int(first) % kinds.count].name): \(word.debugDescription)")
    kinds[Int(first) % kinds.count].check(word)
  }

  private static let kinds: [(name: String, check: @Sendable (String) -> Void)] = [
    kind(.integer), kind(.integer(1...100)), kind(.port), kind(.number), kind(.number(0...1)), kind(.percent),
    kind(.duration), kind(.duration(.seconds(1)...(.seconds(3600)))), kind(.byteCount), kind(.rate), kind(.instant),
    kind(.hostPort), kind(.offset), kind(.text), kind(.url), kind(.uuid), kind(.glob), kind(.path), kind(.directory),
    kind(.choice(["INIT", "FAIL", "대기"])), kind(.choice(of: Sample.Level.self)),
  ]

  private static func kind<Value: Equatable>(
    _ kind: ValueKind<Value>
  ) -> (name: String, check: @Sendable (String) -> Void) {
    (kind.form.name, { expect(Promises.check(kind, $0).broken) })
  }
}
