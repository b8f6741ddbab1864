import Failures
import Postgres
import Support
import Testing

@Suite("Ctrl-C in the middle")
struct InterruptionTests {
  let flag: Flag
  let connection: PostgresConnection

  init() throws {
    let flag = Flag()
    self.flag = flag
    connection = try PostgresConnection(scratchServer(), options: .init(isInterrupted: { flag.isRaised }))
  }

  private struct Change: Error {}

  private func isUsable() throws -> Bool {
    flag.lower()
    return try connection.query("SELECT 1 AS one")[0].decode("one") == 1
  }

  @Test("a stream ends with an interrupt after the rows that had come")
  func stream() throws {
    var seen = 0
    let error = #expect(throws: PostgresError.self) {
      try connection.stream("SELECT generate_series(1, 100000000) AS i, repeat('x', 1000)") { row in
        seen += 1
        let number: Int = try row.decode("i")
        #expect(number == seen)
        if seen == 1_000 { flag.raise() }
      }
    }
    #expect(error?.problem == .interrupted)
    #expect(seen >= 1_000)
    #expect(try isUsable())
  }

  @Test("a copy out ends with an interrupt, and the connection lives on")
  func copyOut() throws {
    var seen = 0
    let error = #expect(throws: PostgresError.self) {
      try connection.copyOut("COPY (SELECT generate_series(1, 100000000), repeat('x', 1000)) TO STDOUT") { _ in
        seen += 1
        if seen == 1_000 { flag.raise() }
      }
    }
    #expect(error?.problem == .interrupted)
    #expect(seen >= 1_000)
    #expect(try isUsable())
  }

  @Test("a copy in ends with an interrupt and stores nothing")
  func copyIn() throws {
    try connection.script("CREATE TEMP TABLE load (i int)")
    var written = 0
    let error = #expect(throws: PostgresError.self) {
      try connection.copyIn("COPY load FROM STDIN") { writer in
        while true {
          try writer.writeRow([String(written)])
          written += 1
          if written == 100_000 { flag.raise() }
        }
      }
    }
    #expect(error?.problem == .interrupted)
    #expect(written >= 100_000)
    #expect(try isUsable())
    #expect(try connection.query("SELECT * FROM load").isEmpty)
  }

  @Test("another thread may cancel a stream; its error comes after the rows, and is no interrupt")
  func cancelledStream() throws {
    let canceller = connection.makeCanceller()
    let hasRows = Flag()
    let worker = Background {
      try waitUntil { hasRows.isRaised }
      #expect(canceller.cancel())
    }
    let error = #expect(throws: PostgresError.self) {
      try connection.stream("SELECT generate_series(1, 1000000000)") { _ in hasRows.raise() }
    }
    try worker.finish()
    #expect(error?.problem == .statement)
    #expect(error?.isCanceled == true)
    #expect(error?.failure.kind == .tryAgain)
    #expect(try isUsable())
  }

  @Test("what must not be left in doubt is done in spite of it")
  func ignored() throws {
    try connection.openHolder()
    #expect(try connection.tryAdvisoryLock(815))
    let other = try PostgresConnection(scratchServer())
    flag.raise()
    #expect(try connection.ignoringInterrupts { try connection.query("SELECT 1 AS one")[0].decode("one") } == 1)
    try connection.closeHolder()
    let error = #expect(throws: PostgresError.self) { try connection.execute("SELECT 2") }
    #expect(error?.problem == .interrupted)
    flag.lower()
    try other.openHolder()
    #expect(try other.tryAdvisoryLock(815))
  }

  @Test("ignoring it ends with its body, also when the body throws, and one inside another ends with the outer")
  func ignoringEnds() throws {
    flag.raise()
    #expect(throws: Change.self) { try connection.ignoringInterrupts { throw Change() } }
    #expect(throws: PostgresError.self) { try connection.query("SELECT 1") }
    try connection.ignoringInterrupts {
      try connection.ignoringInterrupts { _ = try connection.query("SELECT 1") }
      _ = try connection.query("SELECT 2")
    }
    #expect(throws: PostgresError.self) { try connection.script("SELECT 3") }
  }

  @Test("it stops nothing that was started: that is the caller's to cancel")
  func background() throws {
    try connection.start("SELECT pg_sleep(0.05)")
    flag.raise()
    var progress = PostgresProgress.running
    while progress == .running { progress = try connection.poll(timeout: .seconds(1)) }
    #expect(progress == .finished(1))
  }
}
