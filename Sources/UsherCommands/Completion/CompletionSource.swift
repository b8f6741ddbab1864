import Arguments
import Failures

/// The names that only the running program knows, for the shells to complete; the raw value stands in the scripts.
enum CompletionSource: String, CaseIterable, Sendable {
  case contexts
  case queues
  case caches
  case warmableCaches = "warmable-caches"
  case tables
  /// Of the table that stands before.
  case columns
  /// Those that `index drop` may take.
  case indexes
  case statuses
  case eventTypes = "event-types"
  /// The newest operations.
  case operations
  /// Those of them that an undo may take back.
  case undoableOperations = "undoable-operations"
  /// The ids of the costliest statements.
  case statements

  /// Whether a store is asked; the others are read from the configuration alone.
  var asksStore: Bool {
    switch self {
    case .contexts, .queues, .caches, .warmableCaches, .statuses: false
    case .tables, .columns, .indexes, .eventTypes, .operations, .undoableOperations, .statements: true
    }
  }
}

/// One word that a shell may offer, and what it says beside it.
struct CompletionCandidate: Equatable {
  var word: String
  var note = ""

  /// `word TAB note`; nil for a word that a line of a shell's input cannot carry.
  var line: String? {
    guard !word.isEmpty, !word.unicodeScalars.contains(where: \.isControl) else { return nil }
    let note = String(String.UnicodeScalarView(note.unicodeScalars.map { $0.isControl ? " " : $0 }))
    return note.isEmpty ? word : "\(word)\t\(note)"
  }
}

extension Unicode.Scalar {
  fileprivate var isControl: Bool { properties.generalCategory == .control }
}

extension ValueKind {
  /// The same kind with names of the running program for the shell to complete.
  func completing(_ source: CompletionSource) -> ValueKind { completing(source.rawValue) }
}
