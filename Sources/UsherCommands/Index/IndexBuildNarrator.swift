import Advisor
import Terminal

/// Tells how a build goes: each phase once, each session that it waits for once, and the percentage on a terminal.
final class IndexBuildNarrator {
  private let session: Session
  private let line: Progress
  private var phase = ""
  private var blocker: Int?

  init(_ session: Session) {
    self.session = session
    line = Progress("building the index, percent of this phase", total: 100, on: session.errors)
  }

  /// What cannot be told does not end a build.
  func observe(_ progress: IndexBuildProgress) {
    if progress.phase != phase {
      phase = progress.phase
      line.hide()
      try? session.note("  \(phase)")
    }
    if let waitsFor = progress.waitsFor, waitsFor.pid != blocker {
      line.hide()
      try? session.note("  waiting for \(waitsFor.description)")
    }
    blocker = progress.waitsFor?.pid
    if let percent = progress.percent, !session.isQuiet { line.update(percent) }
  }

  deinit { line.finish() }
}
