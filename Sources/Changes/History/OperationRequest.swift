/// Who carries out an operation, as history shows it.
public struct Actor: Equatable, Sendable {
  public let user: String
  public let host: String

  public init(user: String, host: String) {
    self.user = user
    self.host = host
  }

  public var text: String { "\(user)@\(host)" }
}

/// How an operation can be undone; the plan shows it before the change.
public enum UndoPromise: Equatable, Sendable {
  /// `usher undo ID` does it from the before-image.
  case automatic
  /// Another command does it, given so that it can be pasted.
  case by(command: String)
  /// Nothing does, for the reason given.
  case none(reason: String)

  /// The promise as one line of text, as the stores keep it.
  public var encoded: String {
    switch self {
    case .automatic: "automatic"
    case .by(let command): "by: \(command)"
    case .none(let reason): "none: \(reason)"
    }
  }

  /// Reads what `encoded` wrote; a line of another form is taken as the reason why there is no undo.
  public init(encoded text: String) {
    if text == "automatic" {
      self = .automatic
    } else if text.hasPrefix("by: ") {
      self = .by(command: String(text.dropFirst(4)))
    } else if text.hasPrefix("none: ") {
      self = .none(reason: String(text.dropFirst(6)))
    } else {
      self = .none(reason: text)
    }
  }
}

/// What is written into the store's history before a change starts.
public struct OperationRequest: Equatable, Sendable {
  /// The command's path, `queue admit`; undo finds its way back by it.
  public var command: String
  /// The command line as typed; never holds a secret, because secrets are never on the command line.
  public var commandLine: String
  /// What is changed: `queue tickets`, `index seat_status_idx`.
  public var target: String
  public var context: String?
  public var reason: String?
  /// How many units the plan saw.
  public var planned: Int
  public var undo: UndoPromise
  /// The operation that this one takes back.
  public var undoes: OperationID?

  public init(
    command: String, commandLine: String, target: String, context: String? = nil, reason: String? = nil,
    planned: Int, undo: UndoPromise, undoes: OperationID? = nil
  ) {
    self.command = command
    self.commandLine = commandLine
    self.target = target
    self.context = context
    self.reason = reason
    self.planned = planned
    self.undo = undo
    self.undoes = undoes
  }
}
