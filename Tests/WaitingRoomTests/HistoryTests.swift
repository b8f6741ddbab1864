import Changes
import Failures
import Redis
import Support
import Testing

@testable import WaitingRoom

/// What a queue must look like after any history, in plain Swift: a sorted line, a set, and the before-images.
private struct Model {
  struct Place: Hashable, Comparable {
    var score: Double
    var token: String
    static func < (left: Place, right: Place) -> Bool {
      left.score != right.score
        ? left.score < right.score : Array(left.token.utf8).lexicographicallyPrecedes(Array(right.token.utf8))
    }
  }

  struct Admission {
    var moves: [Place]
    var held: Set<String>
  }

  var line: [Place] = []
  var active: Set<String> = []
  var admissions: [String: Admission] = [:]

  mutating func arrive(_ token: String, _ score: Double) {
    guard !line.contains(where: { $0.token == token }) else { return }
    line.append(Place(score: score, token: token))
    line.sort()
  }

  /// Gives the counts that the outcome must have.
  mutating func admit(_ count: Int, as id: String) -> (changed: Int, skipped: Int) {
    let moves = Array(line.prefix(count))
    line.removeFirst(moves.count)
    let held = Set(moves.map(\.token)).intersection(active)
    active.formUnion(moves.map(\.token))
    admissions[id] = Admission(moves: moves, held: held)
    return (moves.count - held.count, held.count)
  }

  mutating func undo(_ id: String) -> (changed: Int, skipped: Int) {
    guard let admission = admissions.removeValue(forKey: id) else { return (0, 0) }
    let returning = admission.moves.filter { active.contains($0.token) }
    for place in returning {
      let now = line.first { $0.token == place.token }
      line.removeAll { $0.token == place.token }
      arrive(place.token, min(place.score, now?.score ?? place.score))
      if !admission.held.contains(place.token) { active.remove(place.token) }
    }
    return (returning.count, admission.moves.count - returning.count)
  }
}

@Suite("random histories")
struct HistoryTests {
  @Test("agree with a model of the queue, in every shape", arguments: Shape.allCases, [1, 2, 3] as [UInt64])
  func agree(shape: Shape, seed: UInt64) throws {
    var generator = SeededRandom(seed: seed)
    let queue = try QueueFixture(shape)
    var model = Model()
    var undoable: [(id: OperationID, name: String)] = []
    var names = 0
    for _ in 0..<120 {
      switch Int.random(in: 0..<10, using: &generator) {
      case 0..<4:
        for _ in 0..<Int.random(in: 1...12, using: &generator) {
          // Few tokens and few scores, so that people come again and share a millisecond.
          let token = "t\(Int.random(in: 0..<80, using: &generator))"
          let score = Double(Int.random(in: 0..<6, using: &generator)) + 0.1
          try queue.redis.command("ZADD", "waiting", "NX", RedisArgument("\(score)"), RedisArgument(token))
          model.arrive(token, score)
        }
      case 4:
        guard let token = model.active.sorted().randomElement(using: &generator) else { continue }
        try shape.leave(RedisArgument(token), on: queue.redis)
        model.active.remove(token)
      case 5:
        let token = "t\(Int.random(in: 0..<80, using: &generator))"
        try queue.activate(RedisArgument(token))
        model.active.insert(token)
      case 6..<9:
        let count = Int.random(in: 1...15, using: &generator)
        let (operation, outcome) = try queue.admit(.count(count))
        guard outcome != ChangeOutcome() else { continue }
        names += 1
        let expected = model.admit(count, as: "\(names)")
        #expect((outcome.changed, outcome.skipped) == expected)
        undoable.append((operation, "\(names)"))
      default:
        guard let chosen = undoable.indices.randomElement(using: &generator) else { continue }
        let (id, name) = undoable.remove(at: chosen)
        let outcome = try queue.undo(id)
        #expect((outcome.changed, outcome.skipped) == model.undo(name))
      }
      let line = try queue.line()
      #expect(line.map(\.token.text) == model.line.map(\.token))
      #expect(line.map { Double($0.score) } == model.line.map(\.score))
      #expect(Set(try queue.active().map(\.text)) == model.active)
    }
  }
}
