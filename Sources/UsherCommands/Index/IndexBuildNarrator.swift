import Advisor
import Terminal
import Text

/// Reports on a terminal how a build proceeds, and draws the progress of its current phase.
final class IndexBuildNarrator {
  private let session: Session
  private var story = IndexBuildStory()
  private var line: Progress?
  private var lineLabel = ""

  init(_ session: Session) { self.session = session }

  /// What cannot be printed does not end a build. Where nobody watches, only waits are reported, and the sessions that wait for the build.
  func observe(_ progress: IndexBuildProgress) {
    let isWatched = session.errors.isTerminal
    for sentence in story.news(progress, at: Progress.monotonicTime()) {
      switch sentence {
      case .phase(let text): if isWatched { print(text) }
      case .wait(let text): print(text)
      case .queue(let text):
        line?.hide()
        session.warn(text)
      }
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

  private func print(_ text: String) {
    line?.hide()
    session.note("  \(text)")
  }

  deinit { line?.finish() }
}

/// What is new about a build: each phase, each transaction that it waits for, that it still waits, and who waits behind it.
struct IndexBuildStory {
  enum Sentence: Equatable {
    case phase(String)
    case wait(String)
    /// About sessions of the service that the build holds up.
    case queue(String)
  }

  private var phase = ""
  private var wait: (who: String, since: Duration, next: Duration)?
  /// The head of the queue that was reported, and the number behind it.
  private var queue: (pid: Int, behind: Int) = (0, 0)

  /// - Parameter now: a clock that never goes back.
  mutating func news(_ progress: IndexBuildProgress, at now: Duration) -> [Sentence] {
    phaseNews(progress) + waitNews(progress, now) + queueNews(progress)
  }

  private mutating func phaseNews(_ progress: IndexBuildProgress) -> [Sentence] {
    guard progress.phase != phase else { return [] }
    phase = progress.phase
    let place = progress.place.map { "phase \($0.number) of \($0.of): " } ?? ""
    return [.phase(place + phase)]
  }

  private mutating func waitNews(_ progress: IndexBuildProgress, _ now: Duration) -> [Sentence] {
    guard let waitsFor = progress.waitsFor else {
      wait = nil
      return []
    }
    let who = waitsFor.preparedName ?? "\(waitsFor.pid)"
    guard let known = wait, known.who == who else {
      // After 5 s a person wonders; then half as often each time, so that an hour's wait is ten lines.
      wait = (who, now, .seconds(5))
      return [.wait("waiting for \(waitsFor.description)\(waitsFor.remark.map { ": \($0)" } ?? "")")]
    }
    let waited = now - known.since
    guard waited >= known.next else { return [] }
    wait?.next = known.next * 2
    return [.wait("waiting for \(waitsFor.description) for \(waited.components.seconds)s")]
  }

  private mutating func queueNews(_ progress: IndexBuildProgress) -> [Sentence] {
    guard let found = progress.queue else {
      queue = (0, 0)
      return []
    }
    // Again when as many more wait.
    let isNews = found.first.pid != queue.pid || found.behind >= max(1, queue.behind * 2)
    guard isNews else { return [] }
    queue = (found.first.pid, found.behind)
    let behind =
      found.behind == 0
      ? "" : ", and \(found.behind.counted("session")) \(found.behind == 1 ? "waits" : "wait") behind it"
    return [
      .queue(
        "\(found.first.description) waits for \(found.mode) behind this build\(behind): "
          + "end it with SELECT pg_cancel_backend(\(found.first.pid)), or end the build with Ctrl-C")
    ]
  }
}
