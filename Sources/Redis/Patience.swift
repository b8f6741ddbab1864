import Glibc

/// How long a wait may last, and who may end it early.
struct Patience {
  private let limit: Duration
  private var deadline: Int64
  private let isInterrupted: @Sendable () -> Bool
  private let isAbandoned: @Sendable () -> Bool
  /// A wait that began after the interruption is the tidying up, and runs to its end.
  private let beganInterrupted: Bool

  /// The longest single sleep: an interruption is seen within this time even when no signal ends the sleep.
  private static let slice: Int32 = 100

  init(
    _ limit: Duration, isInterrupted: @escaping @Sendable () -> Bool,
    isAbandoned: @escaping @Sendable () -> Bool = { false }
  ) {
    self.limit = limit
    self.isInterrupted = isInterrupted
    self.isAbandoned = isAbandoned
    beganInterrupted = isInterrupted()
    deadline = Self.now + limit.milliseconds
  }

  /// Starts the time again, because the server gave a sign of life.
  mutating func renew() { deadline = Self.now + limit.milliseconds }

  /// Sleeps until one of `events` holds for the descriptor, and returns which do (poll's `revents`).
  func wait(_ descriptor: Int32, for events: Int16) throws(ChannelProblem) -> Int16 {
    while true {
      if isAbandoned() || (!beganInterrupted && isInterrupted()) { throw .interrupted }
      let left = deadline - Self.now
      var entry = pollfd(fd: descriptor, events: events, revents: 0)
      let ready = poll(&entry, 1, Int32(max(0, min(Int64(Self.slice), left))))
      if ready > 0 { return entry.revents }
      if ready < 0, errno != EINTR { throw .system(call: "poll", code: errno) }
      if left <= 0 { throw .timedOut(after: limit) }
    }
  }

  private static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}

extension Duration {
  /// Whole milliseconds, bounded so that sums of them never overflow.
  fileprivate var milliseconds: Int64 {
    let bounded = min(max(self, .zero), .seconds(1_000_000_000))
    return bounded.components.seconds * 1000 + bounded.components.attoseconds / 1_000_000_000_000_000
  }
}

/// Why a channel could not do its work; the connection adds the server and the command to it.
enum ChannelProblem: Error {
  case timedOut(after: Duration)
  case interrupted
  case closedByServer
  case resolution(host: String, message: String)
  case system(call: String, code: Int32)
  case notRedis(String)

  /// What the system said, as in `connect: Connection refused`.
  var cause: String {
    switch self {
    case .timedOut: "timed out"
    case .interrupted: "interrupted"
    case .closedByServer: "the server closed the connection"
    case .resolution(let host, let message): "\(host): \(message)"
    case .system(let call, let code): "\(call): \(String(cString: strerror(code)))"
    case .notRedis(let message): message
    }
  }
}
