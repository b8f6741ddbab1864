import Glibc
import Terminal
import Text
import WaitingRoom

extension QueueStatus {
  /// Looks until a signal comes. A signal is not a failure here.
  static func repeatedly(_ rooms: [WaitingRoom], _ first: Look, _ pause: Duration, _ session: Session) throws {
    var look = first
    var writer = RowWriter(fields, format: session.format, to: session.output)
    defer { if Interruption.signalNumber == SIGINT { try? session.output.eraseLine() } }
    var said: [String] = []
    while true {
      if session.format == .table {
        try draw(look, after: said, session, for: pause)
      } else {
        for snapshot in look.snapshots { try writer.write(snapshot) }
        try session.output.flush()
        tell(look.troubles, after: said, session)
        Interruption.sleep(pause)
      }
      said = look.troubles
      guard !Interruption.isRequested, let next = try look.again(rooms) else { return }
      look = next
    }
  }

  /// Says once what cannot be read, and that it can again.
  private static func tell(_ troubles: [String], after said: [String], _ session: Session) {
    guard troubles != said else { return }
    for trouble in troubles { session.warn(trouble) }
    if troubles.isEmpty { session.note("all queues can be read again") }
  }

  /// Shows the figures until the next look is due; a terminal of which the size has changed meanwhile is drawn again.
  private static func draw(_ look: Look, after said: [String], _ session: Session, for pause: Duration) throws {
    let screen = session.output
    guard screen.isErasable else {
      if !look.snapshots.isEmpty { try show(look.snapshots, session) }
      try screen.flush()
      tell(look.troubles, after: said, session)
      return Interruption.sleep(pause)
    }
    let clock = ContinuousClock()
    let end = clock.now + pause
    var size = (screen.width, screen.height)
    repeat {
      let remarks = remarks(on: look, after: said, session)
      // The last line is the cursor's.
      let room = screen.height.map { $0 - 1 - remarks.count }
      // If not all queues fit, those with the most people waiting are shown.
      let crowded = look.snapshots.count >= room ?? .max
      let shown = crowded ? look.snapshots.sorted { ($0.waiting, $1.queue) > ($1.waiting, $0.queue) } : look.snapshots
      func figures() throws { if !shown.isEmpty { try session.print(shown, columns) } }
      try screen.together {
        try screen.write("\u{1B}[H\u{1B}[2J")
        try screen.together(lines: room, rest: { rest($0, of: look, on: screen) }, figures)
      }
      for line in remarks { try? session.errors.writeLine(line) }
      while !Interruption.isRequested, clock.now < end, (screen.width, screen.height) == size {
        Interruption.sleep(min(.milliseconds(100), end - clock.now))
      }
      size = (screen.width, screen.height)
    } while !Interruption.isRequested && clock.now < end
  }

  /// The line that counts the lines that do not fit on the screen.
  private static func rest(_ lines: Int, of look: Look, on screen: OutputStream) -> String {
    let count = "… \(lines.counted("more line"))"
    let whole = "\(count); `--queue NAME` shows one queue"
    return look.snapshots.count > 1 && whole.count <= screen.width ?? 80 ? whole : count
  }

  /// The lines below the figures, at most a third of the screen: first what cannot be read. The screen was cleared, and with it what was
  /// said before.
  private static func remarks(on look: Look, after said: [String], _ session: Session) -> [String] {
    guard session.errors.isTerminal else {
      remark(on: look.snapshots, session)
      tell(look.troubles, after: said, session)
      return []
    }
    var remarks = look.troubles.map { (isWarning: true, text: $0) } + look.snapshots.flatMap(Self.remarks)
    if look.troubles.isEmpty, !said.isEmpty { remarks.append((false, "all queues can be read again")) }
    let lines = remarks.filter { $0.isWarning || !session.isQuiet }.flatMap { remark in
      remark.isWarning
        ? session.errors.lines(of: remark.text, lead: "warning: ", leadStyle: .yellow)
        : session.errors.lines(of: remark.text)
    }
    let most = session.output.height.map { max(1, $0 / 3) } ?? lines.count
    guard lines.count > most else { return lines }
    return lines.prefix(most - 1) + ["… \((lines.count - most + 1).counted("more line")) of remarks"]
  }
}
