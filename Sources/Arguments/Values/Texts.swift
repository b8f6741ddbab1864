extension ValueKind where Value == String {
  /// Any text, the empty one too.
  public static var text: ValueKind { text(name: "text", expected: "a text", example: "abc", placeholder: "TEXT") }

  /// One of these words, compared by bytes.
  public static func choice(_ choices: [String]) -> ValueKind {
    let form = ValueForm(
      name: "choice", expected: "one of " + choices.joined(separator: ", "), example: choices.first ?? "",
      placeholder: "WORD", choices: choices)
    return ValueKind(form) { text throws(ValueMismatch) in
      guard let choice = choices.first(where: { $0.hasSameBytes(as: text) }) else { throw ValueMismatch() }
      return choice
    } print: {
      $0
    }
  }

  /// A pattern with `*`, `?` and `[…]`; not empty.
  public static var glob: ValueKind {
    text(name: "glob", expected: "a pattern with * ? or [...]", example: "'session:*'", placeholder: "GLOB") {
      !$0.isEmpty
    }
  }

  /// A file's path; not empty. `-` is left to the command to understand.
  public static var path: ValueKind {
    text(name: "path", expected: "a path", example: "plan.json", placeholder: "FILE", completion: .files) {
      !$0.isEmpty
    }
  }

  /// A directory's path; not empty.
  public static var directory: ValueKind {
    text(
      name: "directory", expected: "a directory's path", example: "/var/lib/usher", placeholder: "DIRECTORY",
      completion: .directories
    ) {
      !$0.isEmpty
    }
  }

  /// A URL, as far as having a scheme, `://` and more without blanks; what follows is for the client that understands it.
  public static var url: ValueKind {
    text(
      name: "url", expected: "a URL with its scheme", example: "redis://cache-1:6379/0", placeholder: "URL",
      allows: isURL
    ) { text in
      if text.utf8.contains(UInt8(ascii: " ")) { return "a blank is written %20" }
      let mended = "redis://\(text)"
      return text.contains("://") || !isURL(mended) ? nil : "the scheme is required: \(mended)"
    }
  }

  private static func isURL(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let first = parts[0].first, (first | 0x20).isASCIILetter else { return false }
    let isScheme = parts[0].allSatisfy { ($0 | 0x20).isASCIILetter || Decimal.isDigit($0) || "+-.".utf8.contains($0) }
    let hasRest = parts[1].starts(with: "//".utf8) && parts[1].count > 2
    return isScheme && hasRest && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
  }

  /// A UUID of 36 characters, given back in lower case.
  public static var uuid: ValueKind {
    let form = ValueForm(
      name: "uuid", expected: "a UUID", example: "0190a3f4-5b6c-7d8e-9fa0-b1c2d3e4f506", placeholder: "UUID")
    return ValueKind(form) { text throws(ValueMismatch) in
      let groups = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
      guard groups.map(\.count) == [8, 4, 4, 4, 12], groups.allSatisfy(isHexadecimal) else {
        throw ValueMismatch(hint: uuidHint(for: text))
      }
      return text.lowercased()
    } print: {
      $0
    }
  }

  /// Other ways to write one: without hyphens, in braces, as a URN.
  private static func uuidHint(for text: String) -> String? {
    let start = text.lowercased().hasPrefix("urn:uuid:") ? 9 : 0
    let digits = text.utf8.dropFirst(start).filter { !"-{}".utf8.contains($0) }
    guard digits.count == 32, isHexadecimal(digits) else { return nil }
    var text = String(decoding: digits, as: UTF8.self).lowercased()
    for place in [20, 16, 12, 8] { text.insert("-", at: text.index(text.startIndex, offsetBy: place)) }
    return "write \(text)"
  }

  private static func isHexadecimal(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.allSatisfy { Decimal.isDigit($0) || "abcdef".utf8.contains($0 | 0x20) }
  }

  private static func text(
    name: String, expected: String, example: String, placeholder: String, completion: ValueForm.Completion = .nothing,
    allows: @escaping @Sendable (String) -> Bool = { _ in true },
    hint: @escaping @Sendable (String) -> String? = { _ in nil }
  ) -> ValueKind {
    let form = ValueForm(
      name: name, expected: expected, example: example, placeholder: placeholder, completion: completion)
    return ValueKind(form) { text throws(ValueMismatch) in
      guard allows(text) else { throw ValueMismatch(hint: hint(text)) }
      return text
    } print: {
      $0
    }
  }
}

extension ValueKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of an enumeration's raw values.
  public static func choice(of type: Value.Type) -> ValueKind {
    let words = ValueKind<String>.choice(type.allCases.map(\.rawValue))
    return ValueKind(words.form) { text throws(ValueMismatch) in
      let word = try words.parse(text)
      guard let value = Value(rawValue: word) else { throw ValueMismatch() }
      return value
    } print: {
      $0.rawValue
    }
  }
}

extension String {
  /// Equality of bytes; `==` would also accept canonically equivalent characters, such as the kelvin sign for `K`.
  func hasSameBytes(as other: some StringProtocol) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }
}

extension UInt8 {
  var isASCIILetter: Bool { self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z") }
}
