import Failures
import Glibc
import Sandbox
import Synchronization

/// A TCP port that passes bytes on to a server's Unix socket and back: a network that a test can hold or cut.
///
/// It works until the last reference goes; keep it in a `let`.
public final class Relay: Sendable {
  public let port: UInt16
  private let state: RelayState
  private let work: Background

  public init(to socket: String) throws {
    let listener = try Listener()
    let state = RelayState()
    port = listener.port
    self.state = state
    work = Background { background in
      var passage = Passage(listener: listener, socket: socket)
      defer { passage.closeAll() }
      while !background.isStopping { passage.turn(state) }
    }
  }

  deinit { _ = try? work.stop() }

  /// From now on nothing moves: what both sides send waits, and new clients are taken by the system alone.
  public func hold() { state.mode.withLock { $0.isHeld = true } }

  public func release() { state.mode.withLock { $0.isHeld = false } }

  /// Closes all connections; new ones work.
  public func cut() throws {
    state.mode.withLock { $0.isCut = true }
    try waitUntil { state.mode.withLock { !$0.isCut } }
  }

  /// Closes all connections once the server has answered that many bytes more.
  public func cut(afterAnswering bytes: Int) { state.mode.withLock { $0.bytesUntilCut = bytes } }
}

private final class RelayState: Sendable {
  struct Mode {
    var isHeld = false
    var isCut = false
    var bytesUntilCut: Int?
  }
  let mode = Mutex(Mode())
}

/// The connections of a relay, on its thread.
private struct Passage {
  let listener: Listener
  let socket: String
  private var ways: [Way] = []
  private var buffer = [UInt8](repeating: 0, count: 16_384)

  /// One direction of one connection; what was read and not yet written waits in `rest`.
  private struct Way {
    let from: Int32
    let to: Int32
    let isAnswer: Bool
    var rest: ArraySlice<UInt8> = []
    var isOpen = true
  }

  init(listener: Listener, socket: String) {
    self.listener = listener
    self.socket = socket
  }

  /// Waits a moment for bytes or clients and moves them.
  mutating func turn(_ state: RelayState) {
    let mode = state.mode.withLock { $0 }
    if mode.isCut {
      closeAll()
      state.mode.withLock { $0.isCut = false }
    }
    guard !mode.isHeld else {
      usleep(5_000)
      return
    }
    var entries = [pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0)]
    entries += ways.map { way in
      way.rest.isEmpty
        ? pollfd(fd: way.from, events: Int16(POLLIN), revents: 0)
        : pollfd(fd: way.to, events: Int16(POLLOUT), revents: 0)
    }
    guard poll(&entries, UInt(entries.count), 20) > 0 else { return }
    for index in ways.indices where entries[index + 1].revents != 0 { move(index, state) }
    closeBroken()
    if entries[0].revents != 0 { take() }
  }

  private mutating func move(_ index: Int, _ state: RelayState) {
    if ways[index].rest.isEmpty {
      let count = read(ways[index].from, &buffer, buffer.count)
      guard count > 0 else {
        ways[index].isOpen = false
        return
      }
      ways[index].rest = buffer[..<count]
      if ways[index].isAnswer { state.count(count) }
    } else {
      let rest = ways[index].rest
      let count = rest.withUnsafeBytes { send(ways[index].to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count > 0 { ways[index].rest = rest.dropFirst(count) } else if errno != EAGAIN { ways[index].isOpen = false }
    }
  }

  private mutating func take() {
    let client = accept(listener.descriptor, nil, nil)
    guard client >= 0 else { return }
    let server = socketConnected(to: socket)
    guard server >= 0 else {
      close(client)
      return
    }
    for end in [client, server] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    ways.append(Way(from: client, to: server, isAnswer: false))
    ways.append(Way(from: server, to: client, isAnswer: true))
  }

  /// A connection ends as a whole when one of its sides has.
  private mutating func closeBroken() {
    while let broken = ways.first(where: { !$0.isOpen }) {
      close(broken.from)
      close(broken.to)
      ways.removeAll { $0.from == broken.from || $0.to == broken.from }
    }
  }

  mutating func closeAll() {
    for way in ways where !way.isAnswer {
      close(way.from)
      close(way.to)
    }
    ways = []
  }
}

extension RelayState {
  /// Counts what the server has answered, and cuts where the count runs out.
  fileprivate func count(_ bytes: Int) {
    mode.withLock { mode in
      guard let left = mode.bytesUntilCut else { return }
      mode.bytesUntilCut = left > bytes ? left - bytes : nil
      mode.isCut = left <= bytes
    }
  }
}
