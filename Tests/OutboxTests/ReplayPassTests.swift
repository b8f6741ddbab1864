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
    _ planned: String, rows: String, stillWaiting: Set<String> = [], held: Set<String> = [], refusing: String? = nil,
    for scope: PublishFailure.Scope = .destination
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
          if id == refusing { throw PublishFailure(Failure(.failed, "no"), scope) }
        }
      }
      pass.end()
    }
    pass.begin(candidates(planned))
    take(rows.split(separator: " "))
    pass.resolve(stillWaiting: stillWaiting)
    let deferred = pass.deferred
    if !deferred.isEmpty && !pass.isClosed {
      pass.begin(deferred)
      take(deferred.map { $0.id[...] })
    }
    let keys = pass.heldKeys.map { String(decoding: $0, as: UTF8.self) }.sorted().joined(separator: ",")
    return "offered \(offered.joined(separator: ",")) held \(pass.tally.held) gone \(pass.tally.gone) waiting \(keys)"
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

  @Test("after a destination that fails nothing more is offered, deferred ones neither")
  func refused() {
    #expect(run("1a 2b 3c", rows: "1 2 3", refusing: "2") == "offered 1,2 held 0 gone 0 waiting ")
    #expect(run("1a 2b 3a", rows: "2 3", refusing: "2") == "offered 2 held 0 gone 1 waiting ")
  }

  @Test(
    "after a record that is refused only its own key waits, deferred ones too",
    arguments: [PublishFailure.Scope.record, .topic])
  func refusedAlone(scope: PublishFailure.Scope) {
    #expect(
      run("1a 2b 3a 4 5b", rows: "1 2 3 4 5", refusing: "1", for: scope) == "offered 1,2,4,5 held 0 gone 0 waiting ")
    #expect(run("1 2 3", rows: "1 2 3", refusing: "2", for: scope) == "offered 1,2,3 held 0 gone 0 waiting ")
    #expect(run("1a 2b 3a 4b", rows: "2 3 4", refusing: "2", for: scope) == "offered 2,3 held 0 gone 1 waiting ")
  }
}

/// What is made of a batch's records once each has arrived or failed.
@Suite("what became of a batch")
struct ReplaySettlementTests {
  /// A pass over events with these keys, in order, with the ids `0`, `1`, …; a dot is an event without a key.
  private func pass(_ keys: String, broken: Set<String> = [], late: [Int: PublishFailure.Scope]) -> ReplayPass {
    var pass = ReplayPass(brokenKeys: Set(broken.map { Array($0.utf8) }))
    let candidates = keys.enumerated().map {
      ReplayCandidate(id: "\($0)", status: "INIT", key: $1 == "." ? nil : Array(String($1).utf8))
    }
    pass.begin(candidates)
    for candidate in candidates { pass.take(id: candidate.id, status: "INIT", published: nil) { _ in } }
    pass.end()
    pass.settle(late.mapValues { PublishFailure(Failure(.failed, "no"), $0) })
    return pass
  }

  private func text(_ pass: ReplayPass) -> String {
    "arrived \(pass.arrived.map(\.id).joined(separator: ",")) refused \(pass.tally.refused.count) lost \(pass.tally.lost) behind "
      + "\(pass.tally.behind) apart \(pass.apart.sorted().joined(separator: ","))"
  }

  @Test("all may be marked when all arrived")
  func all() {
    #expect(text(pass("ab.", late: [:])) == "arrived 0,1,2 refused 0 lost 0 behind 0 apart ")
  }

  @Test("none behind a refused one of the same key, all of the others; events without a key stand for themselves")
  func behind() {
    #expect(text(pass("ababa", late: [2: .record])) == "arrived 0,1,3 refused 1 lost 0 behind 1 apart ")
    #expect(text(pass("...", late: [1: .topic])) == "arrived 0,2 refused 1 lost 0 behind 0 apart ")
    #expect(text(pass("aaa", late: [0: .record, 2: .record])) == "arrived  refused 2 lost 0 behind 1 apart ")
  }

  @Test("keys that were broken before stay so, and are counted")
  func earlier() {
    #expect(text(pass("ab.a", broken: ["a"], late: [:])) == "arrived 1,2 refused 0 lost 0 behind 2 apart ")
  }

  @Test("what fails in company goes apart, with what follows of its keys; what fails alone is refused")
  func company() {
    #expect(
      text(pass("abcaa", late: [0: .company, 1: .company])) == "arrived 2 refused 0 lost 0 behind 0 apart 0,1,3,4")
    // Sent in order once more, so that the one that fails for a reason of its own does not hide the one before it.
    #expect(text(pass("aa", late: [0: .company, 1: .record])) == "arrived  refused 0 lost 0 behind 0 apart 0,1")
    #expect(text(pass("a", late: [0: .company])) == "arrived  refused 1 lost 0 behind 0 apart ")
  }

  @Test("what a destination loses is neither refused nor behind, and ends the run")
  func destination() {
    let lost = pass("abab", late: [1: .destination, 2: .destination])
    #expect(text(lost) == "arrived 0 refused 0 lost 2 behind 0 apart ")
    #expect(lost.stop == Failure(.failed, "no"))
    #expect(pass("ab", late: [0: .record]).stop == nil)
  }
}
