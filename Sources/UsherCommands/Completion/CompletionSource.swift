import Arguments

/// The names that only the running program knows, as declarations of values refer to them by `completing`.
enum CompletionSource: String, CaseIterable, Sendable {
  case contexts
  case queues
  case caches
  case warmableCaches = "warmable-caches"
  case tables
  /// Those of the table that is named before.
  case columns
  /// Those that `index drop` may take.
  case indexes
  case statuses
  case eventTypes = "event-types"
  /// The newest operations.
  case operations
  /// The operations that an undo can take back.
  case undoableOperations = "undoable-operations"
  /// The ids of the costliest statements.
  case statements

  /// Whether the names come from a store. The others come from the configuration alone.
  var asksStore: Bool {
    switch self {
    case .contexts, .queues, .caches, .warmableCaches, .statuses: false
    case .tables, .columns, .indexes, .eventTypes, .operations, .undoableOperations, .statements: true
    }
  }
}

extension ValueKind {
  /// The same kind with names of the running program for the shell to complete.
  func completing(_ source: CompletionSource) -> ValueKind { completing(source.rawValue) }
}
