import Glibc
import Testing

@testable import Redis

@Suite("a wait")
struct PatienceTests {
  private func pipeEnds() throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    return (ends[0], ends[1])
  }

  @Test("gives what the descriptor is ready for, also when the other end is gone")
  func ready() throws {
    let (reading, writing) = try pipeEnds()
    defer { close(reading) }
    let patience = Patience(.seconds(60), isInterrupted: { false })
    #expect(try patience.wait(writing, for: Int16(POLLOUT)) & Int16(POLLOUT) != 0)
    _ = "x".withCString { write(writing, $0, 1) }
    #expect(try patience.wait(reading, for: Int16(POLLIN)) & Int16(POLLIN) != 0)
    close(writing)
    var byte: UInt8 = 0
    _ = read(reading, &byte, 1)
    #expect(try patience.wait(reading, for: Int16(POLLIN)) & Int16(POLLHUP) != 0)
  }

  @Test(
    "of no time, of negative time and of all time is a wait like any other", arguments: [Duration.zero, .seconds(-5)])
  func noTime(limit: Duration) throws {
    let (reading, writing) = try pipeEnds()
    defer {
      close(reading)
      close(writing)
    }
    #expect(throws: ChannelProblem.self) {
      try Patience(limit, isInterrupted: { false }).wait(reading, for: Int16(POLLIN))
    }
    let forever = Patience(.seconds(Int64.max / 2), isInterrupted: { false })
    #expect(try forever.wait(writing, for: Int16(POLLOUT)) != 0)
  }

  @Test("that is given up ends at once, also where an interruption would not end it")
  func abandoned() throws {
    let (reading, writing) = try pipeEnds()
    defer {
      close(reading)
      close(writing)
    }
    let patience = Patience(.seconds(60), isInterrupted: { true }, isAbandoned: { true })
    #expect {
      try patience.wait(reading, for: Int16(POLLIN))
    } throws: { error in
      if case ChannelProblem.interrupted = error { true } else { false }
    }
  }

  @Test(
    "that failed says what the system said",
    arguments: [
      (ChannelProblem.closedByServer, "the server closed the connection"),
      (.system(call: "connect", code: ECONNREFUSED), "connect: Connection refused"),
      (.resolution(host: "h", message: "Name or service not known"), "h: Name or service not known"),
      (.notRedis("Protocol error"), "Protocol error"), (.interrupted, "interrupted"),
    ])
  func causes(problem: ChannelProblem, text: String) {
    #expect(problem.cause == text)
  }
}
