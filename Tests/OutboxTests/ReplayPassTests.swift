import Failures
import Testing

@testable import Outbox

/// One batch's decisions, row by row, without a database: which events are offered, which have to wait, which are gone.
@Suite("a batch's way through its rows")
struct ReplayPassTests {
  /// An event as `3a`: id and key; without a letter it has no key.
  private func candidates(_ words: String) -> [ReplayCandidate] {
    words.split(separator: " ").map { word in
      let key = word.drop { $0.isNumber }
      return ReplayCandidate(
        id: String(word.prefix { $0.isNumber }), status: "INIT", key: key.isEmpty ? nil : Array(key.utf8))
    }
  }

  /// What a pass decided, in two lines of words.
  private func run(
    _ planned: String, rows: String, stillWaiting: Set<String> = [], held: Set<String> = [], refusing: String? = nil
  ) -> String {
    var pass = ReplayPass(heldKeys: Set(held.map { Array($0.utf8) }))
    var offered: [String] = []
    func take(_ rows: [Substring]) {
      for row in rows {
        // `3!` is a row whose status is not what the plan saw.
        let id = String(row.prefix { $0.isNumber })
        pass.take(id: id, status: row.hasSuffix("!") ? "RETRY" : "INIT", published: nil) { token in
          #expect(token == offered.count)
          offered.append(id)
          if id == refusing { throw Failure(.failed, "no") }
        }
      }
      pass.end()
    }
    pass.begin(candidates(planned))
    take(rows.split(separator: " "))
    pass.resolve(stillWaiting: stillWaiting)
    let deferred = pass.deferred
    if !deferred.isEmpty && pass.failure == nil {
      pass.begin(deferred)
      take(deferred.map { $0.id[...] })
    }
    let keys = pass.heldKeys.map { String(decoding: $0, as: UTF8.self) }.sorted().joined(separator: ",")
    return "offered \(offered.joined(separator: ",")) held \(pass.held) gone \(pass.gone) waiting \(keys)"
  }

  @Test("rows that all come are offered in order")
  func all() {
    #expect(run("1a 2b 3a 4", rows: "1 2 3 4") == "offered 1,2,3,4 held 0 gone 0 waiting ")
    #expect(run("", rows: "") == "offered  held 0 gone 0 waiting ")
  }

  @Test("behind a row that somebody else works on, its key waits; other keys and events without one do not")
  func locked() {
    #expect(run("1a 2b 3a 4 5b", rows: "2 3 4 5", stillWaiting: ["1"]) == "offered 2,4,5 held 2 gone 0 waiting a")
    #expect(run("1 2 3", rows: "2 3", stillWaiting: ["1"]) == "offered 2,3 held 1 gone 0 waiting ")
    #expect(run("1a 2a 3a", rows: "1 3", stillWaiting: ["2"]) == "offered 1 held 2 gone 0 waiting a")
    #expect(run("1a 2b", rows: "", stillWaiting: ["1", "2"]) == "offered  held 2 gone 0 waiting a,b")
  }

  @Test("behind a row that is gone, its key goes on, after the others of the batch")
  func gone() {
    #expect(run("1a 2b 3a 4", rows: "2 3 4") == "offered 2,4,3 held 0 gone 1 waiting ")
    #expect(run("1a 2a 3a 4a", rows: "2 4") == "offered 2,4 held 0 gone 2 waiting ")
    #expect(run("1a 2a 3a", rows: "3", stillWaiting: ["2"]) == "offered  held 2 gone 1 waiting a")
  }

  @Test("keys that wait since earlier batches stay closed, an empty key is a key")
  func earlier() {
    #expect(run("1a 2b 3a", rows: "1 2 3", held: ["a"]) == "offered 2 held 2 gone 0 waiting a")
    #expect(run("1 2b", rows: "1 2", held: [""]) == "offered 1,2 held 0 gone 0 waiting ")
  }

  @Test("a row whose status is not what the plan saw closes its key")
  func otherStatus() {
    #expect(run("1a 2b 3a", rows: "1! 2 3") == "offered 2 held 2 gone 0 waiting a")
  }

  @Test("rows that were never planned, or come where they do not belong, are left alone")
  func strangers() {
    #expect(run("1a 2b", rows: "9 1 2 7") == "offered 1,2 held 0 gone 0 waiting ")
    // The second comes first: the first counts as missing, and as held, because it is still waiting.
    #expect(run("1a 2b", rows: "2 1", stillWaiting: ["1"]) == "offered 2 held 1 gone 0 waiting a")
  }

  @Test("after a record that is refused nothing more is offered, deferred ones neither")
  func refused() {
    #expect(run("1a 2b 3c", rows: "1 2 3", refusing: "2") == "offered 1,2 held 0 gone 0 waiting ")
    #expect(run("1a 2b 3a", rows: "2 3", refusing: "2") == "offered 2 held 0 gone 1 waiting ")
  }
}
