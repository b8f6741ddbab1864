import Redis
import Text

extension WaitingRoom {
  /// How many of each side the lints read: some milliseconds of the server's time, in pages of less than one each.
  static let lintSample = 5000

  /// Looks for what is wrong with the queue; reads only.
  public func lint() throws -> LintReport {
    let snapshot = try measure()
    let rows = try waitingSample(snapshot.waiting)
    let entries = try activeSample(snapshot.nowMilliseconds)
    var lints: [Lint] = snapshot.warnings.map { Lint("state", $0) }
    let activePart = Part(entries.count, of: snapshot.active)
    lints += try bothPlaces(rows, entries, activePart, Part(rows.count, of: snapshot.waiting))
    lints += strangeMembers(rows, Part(rows.count, of: snapshot.waiting))
    lints += scores(rows, snapshot)
    lints += ties(rows, Part(rows.count, of: snapshot.waiting))
    lints += wholeKey(snapshot)
    lints += idle(snapshot)
    lints += try counters(snapshot)
    return LintReport(
      lints: lints, waiting: snapshot.waiting, active: snapshot.active, waitingLookedAt: rows.count,
      activeLookedAt: entries.count)
  }

  /// How much was looked at, in words.
  struct Part {
    let count: Int
    let total: Int
    init(_ count: Int, of total: Int) {
      self.count = count
      self.total = total
    }
    /// ` of the 5,000 looked at`; nothing where all were.
    var phrase: String { count < total ? " (\(count.grouped) of \(total.grouped) were checked)" : "" }
  }

  struct Row {
    var member: [UInt8]
    var score: Double
  }

  /// Half from the front, half from the back; all where there are no more.
  private func waitingSample(_ total: Int) throws -> [Row] {
    let half = Self.lintSample / 2
    var ranges = [(0, half - 1)]
    if total > half { ranges.append((max(half, total - half), total - 1)) }
    var rows: [Row] = []
    for (first, last) in ranges {
      for start in stride(from: first, through: last, by: 1000) {
        let reply = try redis.command(
          "ZRANGE", RedisArgument(layout.waitingKey), RedisArgument(start), RedisArgument(min(last, start + 999)),
          "WITHSCORES")
        rows += try reply.pairs.map { Row(member: try $0.0.bytes, score: try $0.1.decimal) }
      }
    }
    return rows
  }

  private func activeSample(_ now: Int) throws -> [ActiveEntry] {
    let next = try layout.active.pages(on: redis, from: 0, nowMilliseconds: now)
    var entries: [ActiveEntry] = []
    var pages = 0
    // Keys a token are spread over all keys of the database: after so many pages the scan would take too long.
    while entries.count < Self.lintSample, pages < 200, let page = try next() {
      entries += page
      pages += 1
    }
    return Array(entries.prefix(Self.lintSample))
  }

  /// Tokens that are in both stores.
  private func bothPlaces(_ rows: [Row], _ entries: [ActiveEntry], _ active: Part, _ waiting: Part) throws -> [Lint] {
    var found: [[UInt8]] = []
    let part: Part
    if layout.active.naming == nil || layout.member == .token {
      // Where the names are the same, everybody who is active is looked for in the whole waiting room.
      part = active
      for start in stride(from: 0, to: entries.count, by: 500) {
        let names = entries[start..<min(start + 500, entries.count)].map(\.name)
        let tickets = try names.map {
          try redis.append(["ZSCORE", RedisArgument(layout.waitingKey), RedisArgument($0)])
        }
        for (name, ticket) in zip(names, tickets) where try redis.checked(ticket) != .null { found.append(name) }
      }
      // A service that adds first and removes then has people in both for a moment: who is asked for again is in both for longer.
      let again = try found.map { try redis.append(["ZSCORE", RedisArgument(layout.waitingKey), RedisArgument($0)]) }
      found = try zip(found, again).compactMap { try redis.checked($1) == .null ? nil : $0 }
    } else {
      part = active.count < active.total ? active : waiting
      let names = Set(entries.map(\.name))
      found = rows.compactMap { layout.member.reading($0.member)?.token }.filter { names.contains($0) }
    }
    guard let first = found.first else { return [] }
    return [
      Lint(
        "both",
        "\(found.count.grouped) \(found.count == 1 ? "is" : "are") waiting and active at once, for example \(ByteNotation.quoted(first))\(part.phrase)",
        hint:
          "usher does not admit a person twice; see one with \(layout.command("show TOKEN")), remove it with \(layout.command("remove TOKEN"))"
      )
    ]
  }

  private func strangeMembers(_ rows: [Row], _ part: Part) -> [Lint] {
    let strange = rows.filter { layout.member.reading($0.member) == nil }
    guard let first = strange.first else { return [] }
    return [
      Lint(
        "members",
        "\(strange.count.counted("waiting member")) \(strange.count == 1 ? "is" : "are") not in the configured form, for example \(ByteNotation.quoted(first.member))\(part.phrase)",
        gravity: .problem,
        hint: "compare them with `member` and `token-path` of the queue: `usher config show`")
    ]
  }
}
