/// A word that a shell may offer, and the note that it shows beside it.
public struct CompletionCandidate: Equatable, Sendable {
  /// Not quoted: the shell's script does that.
  public var word: String
  /// Empty where there is nothing to say.
  public var note: String

  public init(word: String, note: String = "") {
    self.word = word
    self.note = note
  }

  /// `word TAB note`; nil for an empty word and for one with a control character, which no line can carry.
  var line: String? {
    guard !word.isEmpty, !word.unicodeScalars.contains(where: Self.isControl) else { return nil }
    let note = String(String.UnicodeScalarView(note.unicodeScalars.map { Self.isControl($0) ? " " : $0 }))
    return note.isEmpty ? word : "\(word)\t\(note)"
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }
}
