import Changes
import Redis
import Testing

@testable import WaitingRoom

/// The steps that the repairing commands would do around a change.
extension QueueFixture {
  @discardableResult
  func remove(
    _ words: [RedisArgument], takesActive: Bool = false, side: SideKeys = SideKeys(), control: ChangeControl = .init()
  ) throws -> (OperationID, ChangeOutcome) {
    let room = room(side)
    let plan = try room.planRemoval(words, takesActive: takesActive)
    return try change("queue remove", planned: plan.count, control: control) { change in
      try room.remove(plan, change)
    }
  }

  @discardableResult
  func undoRemoval(
    _ removal: OperationID, side: SideKeys = SideKeys(), control: ChangeControl = .init()
  ) throws -> ChangeOutcome {
    try change("undo", planned: 0, control: control) { change in
      try room(side).undoRemoval(removal, change)
    }.1
  }

  @discardableResult
  func move(
    _ words: [RedisArgument], to destination: MoveDestination, control: ChangeControl = .init()
  ) throws -> (OperationID, ChangeOutcome) {
    let plan = try room.planMove(words, to: destination)
    return try change("queue move", planned: plan.count, control: control) { change in
      try room.move(plan, change)
    }
  }

  @discardableResult
  func undoMove(_ move: OperationID) throws -> ChangeOutcome {
    try change("undo", planned: 0) { change in
      try room.undoMove(move, change)
    }.1
  }

  @discardableResult
  func park(side: SideKeys = SideKeys()) throws -> (OperationID, ChangeOutcome) {
    try change("queue park", planned: 0) { change in
      try room(side).park(change)
    }
  }

  @discardableResult
  func unpark(
    _ drain: OperationID, side: SideKeys = SideKeys(), control: ChangeControl = .init()
  ) throws -> ChangeOutcome {
    try change("queue unpark", planned: 0, control: control) { change in
      try room(side).unpark(drain, change)
    }.1
  }

  @discardableResult
  func issue(
    _ words: [RedisArgument], side: SideKeys = SideKeys()
  ) throws -> (OperationID, ChangeOutcome) {
    let plan = try room(side).planIssue(words)
    return try change("queue issue", planned: plan.count) { change in
      try room(side).issue(plan, change)
    }
  }

  @discardableResult
  func undoIssue(_ issue: OperationID) throws -> ChangeOutcome {
    try change("undo", planned: 0) { change in
      try room.undoIssue(issue, change)
    }.1
  }

  @discardableResult
  func expire(side: SideKeys = SideKeys()) throws -> (OperationID, ChangeOutcome) {
    let plan = try room(side).planExpiry()
    return try change("queue expire", planned: plan.count) { change in
      try room(side).expire(plan, change)
    }
  }

  func room(_ side: SideKeys) -> WaitingRoom {
    var layout = layout
    layout.sideKeys = side
    return WaitingRoom(layout, on: redis)
  }

  /// The line's tokens, front to back.
  func order() throws -> [String] { try line().map(\.token.text) }

  /// What usher keeps of its own beside the history.
  func leftovers() throws -> [String] {
    try redis.command("KEYS", "usher:*").array.map { try $0.string }
      .filter { !$0.hasPrefix("usher:operation") && !$0.contains(":operation:") }.sorted()
  }

  /// Everything about the active that an exact undo has to bring back: each entry to the letter, with its score or its end.
  func activeState() throws -> [String: String] {
    var state: [String: String] = [:]
    switch shape {
    case .wholeKeySet, .expiringMemberSet:
      for member in try redis.command("SMEMBERS", "active").array { state[try member.string] = "" }
      if shape == .wholeKeySet, !state.isEmpty {
        state["ends"] = try redis.command("PEXPIRETIME", "active").integer.description
      }
    case .expirySet, .admissionTimeSet:
      for (member, score) in try redis.command("ZRANGE", "active", "0", "-1", "WITHSCORES").pairs {
        state[try member.string] = try score.string
      }
    case .keyPerToken:
      for key in try redis.command("KEYS", "active:*:x").array {
        let name = RedisArgument(try key.bytes)
        let (value, end) = (try redis.command("GET", name).string, try redis.command("PEXPIRETIME", name).integer)
        state[name.text] = "\(value) until \(end)"
      }
    }
    return state
  }
}
