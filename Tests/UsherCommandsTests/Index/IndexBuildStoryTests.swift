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
    #expect(story.news(progress("scanning"), at: .zero) == [.phase("scanning")])
    #expect(story.news(progress("scanning"), at: .seconds(60)) == [])
    #expect(story.news(progress("sorting"), at: .seconds(61)) == [.phase("sorting")])
  }

  @Test("a wait is told at once, and then how long it lasts, less and less often")
  func waits() {
    var story = IndexBuildStory()
    let wait = progress("waiting", waitsFor: 7)
    let who = "waiting for pid 7 (psql of ann, active for 1m)"
    #expect(story.news(wait, at: .seconds(100)) == [.phase("waiting"), .wait(who)])
    var told: [IndexBuildStory.Sentence] = []
    for second in 101...150 { told += story.news(wait, at: .seconds(second)) }
    #expect(told == ["5s", "10s", "20s", "40s"].map { .wait("\(who) for \($0)") })
  }

  @Test("another session, or the same one again, is another wait")
  func others() {
    var story = IndexBuildStory()
    _ = story.news(progress("waiting", waitsFor: 7), at: .zero)
    let eight = [IndexBuildStory.Sentence.wait("waiting for pid 8 (psql of ann, active for 1m)")]
    #expect(story.news(progress("waiting", waitsFor: 8), at: .seconds(9)) == eight)
    #expect(story.news(progress("waiting"), at: .seconds(10)) == [])
    #expect(story.news(progress("waiting", waitsFor: 8), at: .seconds(30)) == eight)
  }

  @Test("phases of a concurrent build are counted, and the wait shows what the other session runs")
  func places() {
    var story = IndexBuildStory()
    #expect(
      story.news(progress("building index: loading tuples in tree"), at: .zero)
        == [.phase("phase 3 of 8: building index: loading tuples in tree")])
    let prepared = OpenTransaction(
      pid: 0, role: "ann", application: "", state: "prepared", ageMilliseconds: 1_000, preparedName: "pay'1")
    #expect(
      story.news(IndexBuildProgress(phase: "waiting for old snapshots", waitsFor: prepared), at: .zero).last
        == .wait(
          "waiting for prepared transaction 'pay'1' of ann, 1.0s old: end it with COMMIT PREPARED 'pay''1' or ROLLBACK PREPARED"
        ))
  }

  @Test("sessions that wait behind the build are reported at once, and again when twice as many wait")
  func queues() {
    var story = IndexBuildStory()
    var progress = progress("waiting")
    let alter = OpenTransaction(pid: 9, role: "dev", application: "psql", state: "active", ageMilliseconds: 2_000)
    var told: [IndexBuildStory.Sentence] = []
    for behind in [0, 0, 1, 1, 2, 3, 4, 7] {
      progress.queue = LockQueue(first: alter, mode: "AccessExclusiveLock", behind: behind)
      told += story.news(progress, at: .zero)
    }
    #expect(told.count == 5)
    #expect(
      told[2]
        == .queue(
          "pid 9 (psql of dev, active for 2.0s) waits for AccessExclusiveLock behind this build, and 1 session waits behind it: "
            + "end it with SELECT pg_cancel_backend(9), or end the build with Ctrl-C"))
  }
}
