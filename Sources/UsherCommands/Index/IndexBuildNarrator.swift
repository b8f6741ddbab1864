import Advisor
import Terminal

/// Tells on a terminal how a build goes, and draws how far its present phase is.
final class IndexBuildNarrator {
  private let session: Session
  private var story = IndexBuildStory()
  private var line: Progress?
  private var lineLabel = ""

  init(_ session: Session) { self.session = session }

  /// What cannot be told does not end a build. Progress is for somebody who looks on; a file gets no more than whom it waits for.
  func observe(_ progress: IndexBuildProgress) {
    let isWatched = session.errors.isTerminal
    for sentence in story.news(progress, at: Progress.monotonicTime())
    where isWatched || sentence.hasPrefix("waiting for pid ") {
      line?.hide()
      session.note("  \(sentence)")
    }
    guard !session.isQuiet, let work = progress.work else {
      line?.hide()
      return
    }
    // Each phase counts anew, and other things: a rate over all of them would mean nothing.
    let label = "\(progress.phase), \(work.unit)"
    if label != lineLabel {
      line?.finish()
      line = Progress(label, total: work.total, on: session.errors)
      lineLabel = label
    }
    line?.update(work.done)
  }

  deinit { line?.finish() }
}

/// What is news about a build: each phase, each session that it waits for, and from time to time that it still waits.
struct IndexBuildStory {
  private var phase = ""
  private var wait: (pid: Int, since: Duration, next: Duration)?

  /// - Parameter now: a clock that never goes back.
  mutating func news(_ progress: IndexBuildProgress, at now: Duration) -> [String] {
    var news: [String] = []
    if progress.phase != phase {
      phase = progress.phase
      news.append(phase)
    }
    guard let waitsFor = progress.waitsFor else {
      wait = nil
      return news
    }
    guard let known = wait, known.pid == waitsFor.pid else {
      // After 5 s somebody wonders; then half as often each time, so that an hour's wait is ten lines.
      wait = (waitsFor.pid, now, .seconds(5))
      return news + ["waiting for \(waitsFor.description)"]
    }
    let waited = now - known.since
    if waited >= known.next {
      wait?.next = known.next * 2
      news.append("waiting for \(waitsFor.description) for \(waited.components.seconds)s")
    }
    return news
  }
}
