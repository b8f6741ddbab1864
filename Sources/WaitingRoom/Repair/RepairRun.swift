import Changes
import Failures
import Redis

extension WaitingRoom {
  /// How many people a repair may be about, so that a list of the wrong kind is noticed and everything fits in memory.
  public static let repairLimit = 500_000

  /// How many people one batch of a repair is about. A repair looks each of them up by name, at two or three times the cost of an
  /// admission, which takes them from the front.
  static let repairBatchLimit = 200

  /// How many people one batch is about: fewer where each has keys of its own that move along.
  func repairBatchSize(_ control: ChangeControl, takesActive: Bool = false) -> Int {
    let isHeavy = takesActive || !layout.sideKeys.perToken.isEmpty
    return control.batchSize(upTo: isHeavy ? Self.repairBatchLimit / 2 : Self.repairBatchLimit)
  }

  /// Runs a `RepairScript` to its end; its errors become failures that name what is wrong.
  ///
  /// - Parameters:
  ///   - images: whose before-images the script works on; the operation's own unless it takes something back.
  ///   - words: what the batch of this number has beside what all scripts have.
  func repair(
    _ script: RedisScript, operation: OperationID, images: OperationID? = nil, lease: RedisLease,
    control: ChangeControl, batchSize: Int, words: @escaping (Int) -> [RedisArgument] = { _ in [] }
  ) throws -> BatchedScript.Totals {
    let original = images ?? operation
    let run = BatchedScript(
      redis: redis, script: script,
      keys: keys(operation, images: original, lease) + [
        RedisArgument(asidesKey), RedisArgument(RedisJournal.operationKey(original)),
      ] + counterKeys,
      arguments: sideWords, batchArguments: words, lifetimeMilliseconds: layout.active.lifetimeMilliseconds,
      lease: lease, control: control, batchSize: batchSize)
    return try explaining { try run.run() }
  }

  /// Where those set aside are, and the patterns of side keys, as `RepairScript` reads them.
  private var sideWords: [RedisArgument] {
    let patterns = layout.sideKeys.perToken.filter { $0.contains("{token}") }
    return [RedisArgument(asidePrefix), RedisArgument(patterns.count)] + patterns.map { RedisArgument($0) }
  }
}

/// A long list in batches: how many there are, and what is in each.
struct Batches<Element> {
  let elements: [Element]
  let size: Int

  var count: Int { (elements.count + size - 1) / size }

  /// The batch of a number from 1; empty beyond the last.
  func batch(_ number: Int) -> ArraySlice<Element> {
    let start = min(elements.count, (number - 1) * size)
    return elements[start..<min(elements.count, start + size)]
  }
}
