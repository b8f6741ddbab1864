import Failures
import Glibc
import Testing

@testable import Outbox

@Suite("The list of a replay's events")
struct CandidateSpoolTests {
  @Test("candidates come back in order, with every byte of their keys, in batches of any size")
  func order() throws {
    let spool = try CandidateSpool()
    let keys: [[UInt8]?] = [nil, [], [0, 255, 10], Array(repeating: 7, count: 100_000)]
    for number in 0..<1_000 {
      try spool.append(
        ReplayCandidate(id: "좌석-\(number)", status: number % 2 == 0 ? "INIT" : "", key: keys[number % 4]))
    }
    var number = 0
    for size in [1, 7, 500, 10_000, 1] {
      for candidate in try spool.next(size) {
        #expect(candidate.id == "좌석-\(number)")
        #expect(candidate.status == (number % 2 == 0 ? "INIT" : ""))
        #expect(candidate.key == keys[number % 4])
        number += 1
      }
    }
    #expect(number == 1_000)
    #expect(try spool.next(5).isEmpty)
  }

  @Test("an empty list has no candidates")
  func empty() throws { #expect(try CandidateSpool().next(5).isEmpty) }
}
