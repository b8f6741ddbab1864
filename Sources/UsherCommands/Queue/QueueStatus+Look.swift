import Failures
import Redis
import WaitingRoom

extension QueueStatus {
  /// One look at several queues: what could be read, and what could not.
  struct Look {
    var snapshots: [QueueSnapshot] = []
    var failures: [(queue: String, failure: Failure)] = []
    /// Why no queue at all can be read.
    var away: Failure?
    /// The last that is known of each queue, for the pace until the next look.
    private var known: [String: QueueSnapshot] = [:]
    private var recent: [String: RecentFlows] = [:]

    /// The first look: fails where a single queue, or Redis itself, cannot be read.
    init(_ rooms: [WaitingRoom]) throws {
      try read(rooms, since: [:])
      guard rooms.count == 1, let only = failures.first else { return }
      throw only.failure
    }

    /// A further look, over a new connection where the last one has ended; nil when a signal has come meanwhile.
    func again(_ rooms: [WaitingRoom]) throws -> Look? {
      var next = self
      (next.snapshots, next.failures, next.away) = ([], [], nil)
      do {
        if away != nil { try rooms.first?.redis.reconnect() }
        try next.read(rooms, since: known)
      } catch let error as RedisError where error.reason == .interrupted && Interruption.isRequested {
        return nil
      } catch let error as RedisError {
        (next.snapshots, next.failures, next.away) = ([], [], error.failure)
      }
      return next
    }

    private mutating func read(_ rooms: [WaitingRoom], since before: [String: QueueSnapshot]) throws {
      for room in rooms {
        do {
          let name = room.layout.name
          var snapshot = try room.measure(since: before[name])
          known[name] = snapshot
          if before[name] != nil { recent[name, default: RecentFlows()].count(&snapshot) }
          snapshots.append(snapshot)
        } catch let error as RedisError where error.serverCode == nil || error.isConnectionProblem {
          throw error
        } catch {
          failures.append((room.layout.name, ErrorReport.failure(for: error)))
        }
      }
    }

    var troubles: [String] {
      away.map { ["\($0.withCause); looking again"] }
        ?? failures.map { "queue '\($0.queue)' cannot be read: \($0.failure.withCause)" }
    }
  }
}
