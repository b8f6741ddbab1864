import Glibc
import Sandbox
import Support
import Testing

@testable import Changes

@Suite("The mark of a process")
struct ProcessMarkTests {
  private let own: ProcessMark

  init() throws { own = try #require(ProcessMark.current) }

  /// The mark of a child that does nothing, as its own usher would write it.
  private func child() throws -> (ChildProcess, ProcessMark) {
    let child = try ChildCommand("/bin/sleep", ["60"], environment: [:]).spawn()
    return (child, ProcessMark(pid: child.pid, home: own.home, start: try start(of: child.pid)))
  }

  private func stat(of pid: Int32) throws -> String {
    let file = try #require(fopen("/proc/\(pid)/stat", "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  private func start(of pid: Int32) throws -> UInt64 {
    let stat = try stat(of: pid)
    return try #require(
      stat.split(separator: ")").last?.split(separator: " ").dropFirst(19).first.flatMap { UInt64($0) })
  }

  @Test("says that this process lives, and comes back from its text")
  func itself() throws {
    #expect(!own.isKnownDead)
    #expect(ProcessMark(pid: String(getpid()), Substring(own.text)) == own)
    #expect(own.text.allSatisfy { $0.isHexDigit || $0 == "-" })
  }

  @Test("a process is dead once it has ended, also as long as nobody has asked how")
  func dies() throws {
    let (child, mark) = try child()
    #expect(!mark.isKnownDead)
    kill(child.pid, SIGSTOP)
    #expect(!mark.isKnownDead, "one that stands still may go on")
    kill(child.pid, SIGKILL)
    // A zombie: it is nobody's wait() that kills it.
    while try stat(of: child.pid).firstMatch(of: #/\) Z /#) == nil { usleep(1_000) }
    #expect(mark.isKnownDead)
    _ = child.wait()
    #expect(mark.isKnownDead)
  }

  @Test("a number that was given again is another process")
  func reused() {
    #expect(ProcessMark(pid: getpid(), home: own.home, start: own.start - 1).isKnownDead)
  }

  @Test("of another machine, another boot or another container nothing is known")
  func elsewhere() {
    // No process here has this number.
    #expect(ProcessMark(pid: .max, home: own.home, start: 1).isKnownDead)
    #expect(!ProcessMark(pid: .max, home: own.home + "0", start: 1).isKnownDead)
  }

  @Test("the first process of the machine, or of the container, lives")
  func foreign() throws {
    #expect(!ProcessMark(pid: 1, home: own.home, start: try start(of: 1)).isKnownDead)
  }

  @Test("what is no mark is none", arguments: ["", "x", "abc", "abc-", "abc-x", "-", "abc-1-x"])
  func malformed(text: String) {
    #expect(ProcessMark(pid: "1", Substring(text)) == nil)
    #expect(ProcessMark(pid: "x", "abc-1") == nil)
  }
}

@Suite("The holder of a lock")
struct RunHolderTests {
  @Test("is read back from its token, also with blanks in the name", arguments: ["kim", "김 서연", ""])
  func reads(user: String) throws {
    let actor = Actor(user: user, host: "ops 1")
    let holder = try #require(RunHolder(token: actor.makeToken()))
    #expect(holder.actor == actor.text)
    #expect(holder.pid == String(getpid()))
    #expect(holder.process == ProcessMark.current)
    #expect(!holder.isKnownDead)
  }

  @Test(
    "whose token does not say where it runs is never known to be dead",
    arguments: ["kim@ops-1 4711 x", "kim@ops-1 4711 x.y"])
  func older(token: String) throws {
    let holder = try #require(RunHolder(token: token))
    #expect(holder.process == nil && !holder.isKnownDead)
  }

  @Test("of what is no token is nobody", arguments: ["", "1", "a b"])
  func foreign(text: String) {
    #expect(RunHolder(token: text) == nil)
    #expect(RunHolder.description(of: text) == "it is held by another program")
  }
}
