import Glibc
import Support
import Testing

@testable import Redis

/// The two ends of a socket: a channel of ours, and the raw bytes of a server that says whatever a test wants.
private struct RawServer {
  let channel: RedisChannel
  let far: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
    channel = try RedisChannel(ends[0])
    far = ends[1]
  }

  func say(_ text: String) { _ = text.withCString { Glibc.send(far, $0, strlen($0), Int32(MSG_NOSIGNAL)) } }
  func hear() -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(far, &buffer, buffer.count, 0)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }
  func hangUp() { close(far) }

  func next(within limit: Duration = .milliseconds(300)) throws -> RedisValue {
    try channel.receive(patience: Patience(limit, isInterrupted: { false }))
  }
}

@Suite("the wire")
struct ChannelTests {
  @Test("commands go out as arrays of strings with their lengths in bytes")
  func encoding() throws {
    let server = try RawServer()
    try server.channel.send(["SET", "좌석", ""], patience: Patience(.seconds(1), isInterrupted: { false }))
    server.say("+OK\r\n")
    #expect(try server.next() == .status("OK"))
    #expect(server.hear() == "*3\r\n$3\r\nSET\r\n$6\r\n좌석\r\n$0\r\n\r\n")
    server.hangUp()
  }

  @Test(
    "every kind of reply is read",
    arguments: [
      ("+OK\r\n", RedisValue.status("OK")), (":-7\r\n", .integer(-7)), (":9223372036854775807\r\n", .integer(.max)),
      ("$0\r\n\r\n", .bytes([])), ("$3\r\na\r\n\r\n", .bytes([97, 13, 10])), ("$-1\r\n", .null), ("*-1\r\n", .null),
      ("*0\r\n", .array([])), ("-ERR no\r\n", .error(RedisServerError("ERR no"))),
      (
        "*3\r\n:1\r\n*2\r\n$-1\r\n+a\r\n-LOADING x\r\n",
        .array([.integer(1), .array([.null, .status("a")]), .error(RedisServerError("LOADING x"))])
      ),
    ])
  func replies(text: String, expected: RedisValue) throws {
    let server = try RawServer()
    server.say(text)
    #expect(try server.next() == expected)
    server.hangUp()
  }

  @Test("a reply that comes byte by byte is the same reply")
  func slowly() throws {
    let server = try RawServer()
    let text = "*2\r\n$2\r\nab\r\n:12\r\n"
    for scalar in text.unicodeScalars.dropLast() {
      server.say(String(scalar))
      #expect(throws: ChannelProblem.self) { try server.next(within: .zero) }
    }
    server.say("\n")
    #expect(try server.next() == .array([.bytes([97, 98]), .integer(12)]))
    server.hangUp()
  }

  @Test(
    "what is not Redis's protocol is an error and never a trap",
    arguments: [
      "HTTP/1.1 400 Bad Request\r\n", "\u{0}\u{0}\r\n", "$x\r\n", "$-5\r\n", "*99999999999999999999\r\n", ":12a\r\n",
      String(repeating: "*1\r\n", count: 20) + ":1\r\n", "!5\r\nhello\r\n", "_\r\n", "\r\n",
    ])
  func garbage(text: String) throws {
    let server = try RawServer()
    server.say(text)
    server.hangUp()
    do {
      _ = try server.next()
    } catch ChannelProblem.notRedis(let cause) {
      #expect(!cause.isEmpty)
    } catch ChannelProblem.closedByServer {
      // hiredis 0.14 waits for more after some of these, and the end of the stream is the error then.
    }
  }

  @Test("random bytes are answered by an error or a value, never by a trap")
  func randomBytes() throws {
    var generator = SeededRandom(seed: 20_261_123)
    let alphabet = Array("+-:$*0123456789\r\n\r\n\r\nab\u{1}".utf8)
    for _ in 0..<2000 {
      let server = try RawServer()
      let bytes = (0..<Int.random(in: 1...60, using: &generator)).map { _ in alphabet.randomElement(using: &generator)!
      }
      _ = Glibc.send(server.far, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      server.hangUp()
      do {
        while true { _ = try server.next() }
      } catch is ChannelProblem {
        // The stream ended, in the protocol or outside of it.
      }
    }
  }

  @Test("a server that says why and hangs up is heard, although it takes no command any more")
  func lastWords() throws {
    let server = try RawServer()
    server.say("-DENIED protected mode\r\n")
    server.hangUp()
    try server.channel.send(["PING"], patience: Patience(.seconds(1), isInterrupted: { false }))
    #expect(try server.next() == .error(RedisServerError("DENIED protected mode")))
    #expect(throws: ChannelProblem.self) { try server.next() }
  }

  @Test("a reply that comes slowly has its time anew from every byte on")
  func slowButSteady() throws {
    let server = try RawServer()
    let (far, looks) = (server.far, Calls())
    let text = Array("$15\r\nslow but steady\r\n".utf8)
    // Two looks a byte: a tenth of a second of the wait passes before the second.
    let patience = Patience(
      .seconds(1),
      isInterrupted: {
        let (byte, isFirst) = looks.count().quotientAndRemainder(dividingBy: 2)
        if isFirst == 0, byte <= text.count { _ = [text[byte - 1]].withUnsafeBytes { send(far, $0.baseAddress, 1, 0) } }
        return false
      })
    #expect(try server.channel.receive(patience: patience) == .bytes(Array("slow but steady".utf8)))
    server.hangUp()
  }

  @Test("a wait ends with its time, and with an interruption that comes during it but not before it")
  func waiting() throws {
    let server = try RawServer()
    #expect { try server.next(within: .milliseconds(20)) } throws: { problem in
      if case ChannelProblem.timedOut(.milliseconds(20)) = problem { true } else { false }
    }
    let calls = Calls()
    #expect {
      try server.channel.receive(patience: Patience(.seconds(60), isInterrupted: { calls.count() > 1 }))
    } throws: { problem in
      if case ChannelProblem.interrupted = problem { true } else { false }
    }
    #expect {
      try server.channel.receive(patience: Patience(.milliseconds(20), isInterrupted: { true }))
    } throws: { problem in
      if case ChannelProblem.timedOut = problem { true } else { false }
    }
    server.hangUp()
  }
}

@Suite("a queue of replies")
struct FifoTests {
  @Test("gives back in order what it was given, however the two are mixed")
  func order() {
    var queue = Fifo<Int>()
    var (given, taken) = (0, 0)
    for round in 0..<200 {
      for _ in 0..<(round * 7 % 130) {
        queue.append(given)
        given += 1
      }
      for _ in 0..<(round * 5 % 110) {
        guard let element = queue.popFirst() else { break }
        #expect(element == taken)
        taken += 1
      }
      #expect(queue.isEmpty == (given == taken))
      #expect(queue.first == (given == taken ? nil : taken))
    }
    while queue.popFirst() != nil { taken += 1 }
    #expect(given == taken)
  }
}
