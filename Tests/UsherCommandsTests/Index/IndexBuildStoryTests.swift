import Testing

@testable import Advisor
@testable import UsherCommands

@Suite("What is told of an index build")
struct IndexBuildStoryTests {
  private func progress(_ phase: String, waitsFor pid: Int? = nil) -> IndexBuildProgress {
    IndexBuildProgress(
      phase: phase, blocksDone: 0, blocksTotal: 0, tuplesDone: 0, tuplesTotal: 0,
      waitsFor: pid.map {
        OpenTransaction(pid: $0, role: "ann", application: "psql", state: "active", ageMilliseconds: 60_000)
      }, index: nil)
  }

  @Test("each phase is told once")
  func phases() {
    var story = IndexBuildStory()
    #expect(story.news(progress("scanning"), at: .zero) == ["scanning"])
    #expect(story.news(progress("scanning"), at: .seconds(60)) == [])
    #expect(story.news(progress("sorting"), at: .seconds(61)) == ["sorting"])
  }

  @Test("a wait is told at once, and then how long it lasts, less and less often")
  func waits() {
    var story = IndexBuildStory()
    let wait = progress("waiting", waitsFor: 7)
    let who = "waiting for pid 7 (psql of ann, active for 60s)"
    #expect(story.news(wait, at: .seconds(100)) == ["waiting", who])
    var told: [String] = []
    for second in 101...150 { told += story.news(wait, at: .seconds(second)) }
    #expect(told == ["\(who) for 5s", "\(who) for 10s", "\(who) for 20s", "\(who) for 40s"])
  }

  @Test("another session, or the same one again, is another wait")
  func others() {
    var story = IndexBuildStory()
    _ = story.news(progress("waiting", waitsFor: 7), at: .zero)
    #expect(
      story.news(progress("waiting", waitsFor: 8), at: .seconds(9)).first?.hasPrefix("waiting for pid 8 (") == true)
    #expect(story.news(progress("waiting"), at: .seconds(10)) == [])
    #expect(story.news(progress("waiting", waitsFor: 8), at: .seconds(30)).first?.hasSuffix("for 60s)") == true)
  }
}
