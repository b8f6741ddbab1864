import Glibc
import Redis
import Support
import Testing

@Suite("tickets")
struct TicketTests {
  @Test(
    "lead to their own replies in whatever order they are used, over thousands of random steps", arguments: [1, 2, 3])
  func random(seed: UInt64) throws {
    let server = try TestRedis.make()
    let redis = try server.connect()
    let script = RedisScript(name: "echo", source: "return ARGV[1]")
    var random = SeededRandom(seed: seed)
    var open: [(ticket: RedisTicket, text: String)] = []
    for number in 0..<4_000 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4: open.append((try redis.append(["ECHO", "\(number)"]), "\(number)"))
      case 4:
        open.append((try redis.append(script, keys: [], arguments: ["s\(number)"]), "s\(number)"))
        if number % 5 == 0 { try redis.command("SCRIPT", "FLUSH") }
      case 5: try redis.flush()
      case 6:
        #expect(try redis.pipeline([["ECHO", "a"], ["ECHO", "\(number)"]]).last?.string == "\(number)")
      case 7 where !open.isEmpty:
        #expect(try redis.nextReply().string == open.removeFirst().text)
      default:
        guard let index = open.indices.randomElement(using: &random) else { continue }
        let chosen = open.remove(at: index)
        #expect(try redis.reply(to: chosen.ticket).string == chosen.text)
      }
    }
    for (ticket, text) in open.reversed() { #expect(try redis.checked(ticket).string == text) }
    #expect(throws: RedisError.self) { try redis.nextReply() }
    #expect(try redis.command("PING") == .status("PONG"))
  }

  @Test("are worth one reply each, and none after their connection was made anew")
  func spent() throws {
    let server = try TestRedis.make()
    let redis = try server.connect()
    let (first, second) = (try redis.append(["ECHO", "1"]), try redis.append(["ECHO", "2"]))
    #expect(try redis.reply(to: second).string == "2")
    for ticket in [second, second] {
      let error = try #require(throws: RedisError.self) { try redis.reply(to: ticket) }
      #expect(error.reason == .connectionLost(cause: "no reply is outstanding"))
    }
    try redis.reconnect()
    #expect(throws: RedisError.self) { try redis.reply(to: first) }
    let third = try redis.append(["ECHO", "3"])
    #expect(try redis.nextReply().string == "3")
    #expect(throws: RedisError.self) { try redis.reply(to: third) }
  }
}

@Suite("a reply that came along with another")
struct EarlyReplyTests {
  @Test("is known to be here before anybody asks for it, and no longer once it was asked for")
  func known() throws {
    let listener = try Listener()
    let server = Background {
      let client = listener.accept()
      var seen: [UInt8] = []
      var byte: UInt8 = 0
      // The greeting is answered at once, the two commands after it together.
      for (end, answer) in [("usher\r\n", "+OK\r\n"), ("two\r\n", "+1\r\n+2\r\n")] {
        while !seen.ends(with: end.utf8), read(client, &byte, 1) > 0 { seen.append(byte) }
        _ = answer.withCString { send(client, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
      }
      while read(client, &byte, 1) > 0 {}
      close(client)
    }
    do {
      let redis = try RedisConnection(RedisTarget("127.0.0.1:\(listener.port)"))
      #expect(!redis.hasReply)
      let (first, second) = (try redis.append(["ECHO", "one"]), try redis.append(["ECHO", "two"]))
      #expect(try redis.reply(to: first) == .status("1"))
      #expect(redis.hasReply)
      #expect(try redis.reply(to: second) == .status("2"))
      #expect(!redis.hasReply)
    }
    try server.finish()
  }
}

extension [UInt8] {
  fileprivate func ends(with end: String.UTF8View) -> Bool { suffix(end.count).elementsEqual(end) }
}

@Suite("a transaction of Redis")
struct RedisTransactionTests {
  let server: TestRedis
  let redis: RedisConnection

  init() throws {
    server = try TestRedis.make()
    redis = try server.connect()
  }

  @Test("answers command by command, and a command that fails stands in its place among the others")
  func errorInside() throws {
    try redis.command("SET", "text", "x")
    let replies = try redis.pipeline([
      ["MULTI"], ["INCR", "n"], ["ZCARD", "text"], ["LLEN", "list"], ["EXEC"], ["GET", "n"],
    ])
    #expect(replies.prefix(4) == [.status("OK"), .status("QUEUED"), .status("QUEUED"), .status("QUEUED")])
    let results = try replies[4].array
    #expect(results.count == 3)
    #expect((results[0], results[2]) == (.integer(1), .integer(0)))
    let error = try #require(throws: RedisError.self) { try results[1].integer }
    #expect(error.serverCode == "WRONGTYPE")
    #expect(try replies[5].integer == 1)
  }

  @Test("with a command that there is not is discarded as a whole")
  func aborted() throws {
    let replies = try redis.pipeline([["MULTI"], ["INCR", "n"], ["FROBNICATE"], ["EXEC"], ["EXISTS", "n"]])
    guard case .error(let unknown) = replies[2], case .error(let discarded) = replies[3] else {
      Issue.record("\(replies)")
      return
    }
    #expect((unknown.code, discarded.code) == ("ERR", "EXECABORT"))
    #expect(replies[4] == .integer(0))
  }

  @Test("whose watched key somebody else changed is not carried out, and answers null")
  func watched() throws {
    let other = try server.connect()
    try redis.command("WATCH", "n")
    try other.command("SET", "n", "5")
    #expect(try redis.pipeline([["MULTI"], ["SET", "n", "6"], ["EXEC"]]).last == .null)
    #expect(try redis.command("GET", "n").integer == 5)
  }
}
