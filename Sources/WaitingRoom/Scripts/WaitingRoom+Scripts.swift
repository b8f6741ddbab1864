import Changes
import Failures
import Redis

extension WaitingRoom {
  /// Runs a changing script of this queue to its end; its errors become failures that name what is wrong.
  ///
  /// - Parameters:
  ///   - original: the operation whose before-images the script works on; the running one unless it takes something back.
  func run(
    _ script: BatchScript, _ change: RunningChange, takingBack original: OperationID? = nil, batchSize: Int,
    arguments: [String: RedisArgument] = [:], tenure: BulkRun.Tenure = .shared, pipelining: BulkRun.Pipelining = .two,
    next: @escaping (Int) throws -> ScriptDeclaration.Rest? = { _ in ScriptDeclaration.Rest() }
  ) throws -> BulkRun.Totals {
    let run = try BulkRun(
      script, of: change, on: redis, keys: scriptKeys(for: original ?? change.id),
      arguments: arguments.merging(scriptArguments) { given, _ in given }, batchSize: batchSize, tenure: tenure,
      pipelining: pipelining, next: next)
    return try explaining { try run.run() }
  }

  /// The keys that every script of a queue declares; before-images are those of this operation.
  func scriptKeys(for operation: OperationID) -> [String: RedisArgument] {
    let counters = layout.sideKeys
    return [
      "waiting": layout.waitingKey, "active": layout.active.key, "images": keys.beforeImages(operation),
      "original": keys.operation(operation), "parked": parkedKey, "paused": pauseKey, "pace": paceKey,
      "waiting_counter": counters.waitingCounter ?? layout.waitingKey,
      "active_counter": counters.activeCounter ?? layout.waitingKey,
    ].mapValues { RedisArgument($0) }
  }

  /// The arguments that every script of a queue declares.
  var scriptArguments: [String: RedisArgument] {
    [
      "lifetime": RedisArgument(layout.active.lifetimeMilliseconds ?? 0),
      "parked_prefix": RedisArgument(parkedPrefix),
    ]
  }

  /// Runs a changing script, and says in words what it could only say by a code.
  func explaining<T>(_ body: () throws -> T) throws -> T {
    do {
      return try namingWrongTypes(body)
    } catch let error as RedisError where error.serverCode == "USHERPAUSED" {
      throw try pauseNow().map { AdmissionPaused($0) } ?? error
    } catch let error as RedisError where error.serverCode == "USHERCOUNTER" {
      throw Failure(
        .badInput, "a counter of queue '\(layout.name)' is not a whole number, so it cannot be updated",
        causes: [error.failure.causes.first ?? ""], hints: ["see the queue's keys with `usher config show`"])
    }
  }

  /// A script can only say that one of its keys has the wrong type; another look tells which.
  func namingWrongTypes<T>(_ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as RedisError where error.serverCode == "WRONGTYPE" {
      _ = try checkTypesAndReadClock()
      throw error
    }
  }
}
