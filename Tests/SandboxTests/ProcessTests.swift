import Failures
import Glibc
import Testing

@testable import Sandbox

@Suite("processes")
struct ProcessTests {
  private func shell(_ script: String, environment: [String: String] = [:]) -> ChildCommand {
    ChildCommand("/bin/sh", ["-c", script], environment: environment)
  }

  @Test(
    "a child's end is told as status or signal",
    arguments: [
      ("exit 0", ChildExit.status(0)), ("exit 7", .status(7)), ("exit 255", .status(255)),
      ("kill -TERM $$", .signal(SIGTERM)), ("kill -KILL $$", .signal(SIGKILL)),
    ])
  func ends(script: String, end: ChildExit) throws {
    #expect(try shell(script).spawn().wait() == end)
  }

  @Test("both streams are captured, words arrive as they are, and the environment is the given one alone")
  func capture() throws {
    let words = [
      "-c", #"printf '<%s>' "$@" >&2; /usr/bin/env | grep -v -e '^_=' -e '^PWD='"#, "sh", "a b", "", "'\"$x", "서연",
    ]
    let (exit, text) = try ChildCommand("/bin/sh", words, environment: ["ONLY": "this one"]).capture()
    #expect(exit == .status(0))
    #expect(text == "<a b><><'\"$x><서연>ONLY=this one\n")
  }

  @Test("a child inherits no descriptor but its three streams and those that were given")
  func descriptors() throws {
    let leaked = open("/dev/null", O_RDONLY)  // without O_CLOEXEC, as a library might do it
    defer { close(leaked) }
    // The fourth is the one that ls itself reads the directory with.
    #expect(try shell("ls /proc/self/fd | tr '\\n' ' '").capture().text == "0 1 2 3 ")
    var command = shell("ls /proc/self/fd | tr '\\n' ' '")
    command.furtherDescriptors = [leaked]
    #expect(try command.capture().text == "0 1 2 3 4 ")
  }

  @Test("signals that this process ignores are at their defaults in a child")
  func signals() throws {
    signal(SIGPIPE, SIG_IGN)
    let text = try shell("grep SigIgn /proc/self/status").capture().text
    let mask = try #require(text.split(separator: "\t").last.flatMap { UInt64($0.dropLast(), radix: 16) })
    // Beyond the first 31 are signals that glibc keeps for itself.
    #expect(mask & 0x7fff_ffff == 0)
  }

  @Test("a session leader is one")
  func session() throws {
    var command = shell("ps -o sid= -p $$ | tr -d ' '; echo $$")
    command.isSessionLeader = true
    let lines = try command.capture().text.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.first == lines.last)
  }

  @Test("a program that is missing is an error that names it")
  func missing() {
    let failure = #expect(throws: Failure.self) { try ChildCommand("/nonexistent/program", []).spawn() }
    #expect(failure?.message == "cannot start /nonexistent/program")
    #expect(failure?.causes == ["No such file or directory"])
  }

  @Test("a running child has no end yet")
  func poll() throws {
    let child = try shell("exec sleep 100").spawn()
    #expect(child.poll() == nil)
    kill(child.pid, SIGTERM)
    #expect(child.wait() == .signal(SIGTERM))
  }

  @Test("its end is told once; afterwards it is unknown, as it is of a process that is no child")
  func unknownEnd() throws {
    let child = try shell("exit 5").spawn()
    var end: ChildExit?
    #expect(
      eventually {
        end = end ?? child.poll()
        return end != nil
      })
    #expect(end == .status(5))
    #expect(child.poll() == .unknown)
    #expect(child.wait() == .unknown)
    #expect(ChildProcess(pid: 1).poll() == .unknown)
    #expect(
      [ChildExit.status(5), .signal(9), .unknown].map(\.description) == ["exit status 5", "signal 9", "unknown end"])
  }

  @Test("a child starts in the root directory unless another is named, and one that is none is an error")
  func directory() throws {
    #expect(try shell("pwd").capture().text == "/\n")
    var command = shell("pwd")
    command.directory = "/usr/bin"
    #expect(try command.capture().text == "/usr/bin\n")
    command.directory = "/usr/bin/env"
    let failure = #expect(throws: Failure.self) { try command.spawn() }
    #expect(failure?.causes == ["Not a directory"])
  }

  @Test("a log is written at its end, for its user alone, and more than a pipe holds is captured whole")
  func streams() throws {
    let scratch = Scratch()
    try makeDirectories(scratch.path, mode: 0o755)
    let log = "\(scratch.path)/log"
    for word in ["one", "two"] {
      var command = shell("echo \(word); echo \(word)! >&2")
      command.output = .appending(log)
      command.error = .same(as: 1)
      command.spawnAndWait()
    }
    #expect(String(decoding: try readFile(log), as: UTF8.self) == "one\none!\ntwo\ntwo!\n")
    var status = stat()
    #expect(stat(log, &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(try shell("head -c 1000000 /dev/zero | tr '\\0' x").capture().text.utf8.count == 1_000_000)
  }

  @Test("marked processes are found by their mark, and others are not")
  func marks() throws {
    let mark = "/nowhere/\(getpid())-marks"
    let child = try shell("exec sleep 100", environment: [ProcessTable.markName: mark]).spawn()
    let other = try shell("exec sleep 100", environment: [ProcessTable.markName: mark + "-other"]).spawn()
    defer { for child in [child, other] { kill(child.pid, SIGKILL) } }
    #expect(eventually { ProcessTable.pids(marked: mark) == [child.pid] })
    #expect(eventually { ProcessTable.isMarked(other.pid, mark + "-other") })
    #expect(ProcessTable.isMarked(child.pid, mark))
    #expect(!ProcessTable.isMarked(getpid(), mark))
    #expect(ProcessTable.end(marked: mark))
    #expect(ProcessTable.pids(marked: mark).isEmpty)
    #expect(ProcessTable.isMarked(other.pid, mark + "-other"))
    other.endNow()
  }

  @Test(
    "a process that ignores the polite signal, or stands still, is killed in the end",
    arguments: ["trap '' INT", "kill -STOP $$"])
  func stubborn(script: String) throws {
    let mark = "/nowhere/\(getpid())-stubborn-\(script.count)"
    let child = try shell("\(script); while :; do sleep 1; done", environment: [ProcessTable.markName: mark]).spawn()
    #expect(eventually { ProcessTable.pids(marked: mark).contains(child.pid) })
    #expect(ProcessTable.end(marked: mark, patience: .milliseconds(300)))
    child.endNow()
  }
}

@Suite("the guard")
struct ServerGuardTests {
  private func server(_ mark: String) throws -> ChildProcess {
    try ChildCommand("/bin/sleep", ["100"], environment: [ProcessTable.markName: mark]).spawn()
  }

  @Test("dismissed, it leaves the servers alone")
  func dismissed() throws {
    let mark = "/nowhere/\(getpid())-dismissed"
    let guardian = try ServerGuard(mark: mark)
    let server = try server(mark)
    guardian.dismiss()
    guardian.endServers()  // It is gone: nothing happens.
    #expect(eventually { ProcessTable.isMarked(server.pid, mark) })
    server.endNow()
  }

  @Test("told so, or left without its owner, it ends the servers and removes what was only borrowed")
  func ended() throws {
    let scratch = Scratch()
    try makeDirectories(scratch.path, mode: 0o755)
    try writeFile("\(scratch.path)/file", "")
    do {
      let guardian = try ServerGuard(mark: scratch.path, removing: scratch.path)
      let server = try server(scratch.path)
      withExtendedLifetime(guardian) {}
      _ = server
    }
    #expect(ProcessTable.pids(marked: scratch.path).isEmpty)
    #expect(!exists(scratch.path))
  }

  @Test("a directory is no pattern: only what carries exactly this mark is ended")
  func exactly() throws {
    let scratch = Scratch("a.b*[c]$")
    let others = ["aXb*[c]$", "a.b*[c]$/inner", "a.b", ""].map { name in
      scratch.path.replacing("a.b*[c]$", with: name)
    }
    let bystanders = try others.map { try server($0) }
    do {
      let guardian = try ServerGuard(mark: scratch.path)
      _ = try server(scratch.path)
      withExtendedLifetime(guardian) {}
    }
    #expect(ProcessTable.pids(marked: scratch.path).isEmpty)
    for (bystander, mark) in zip(bystanders, others) {
      #expect(ProcessTable.isMarked(bystander.pid, mark), "\(mark)")
      bystander.endNow()
    }
  }

  @Test("it keeps the lock until it is done")
  func lock() throws {
    let scratch = Scratch()
    try makeDirectories(scratch.path, mode: 0o755)
    var lock: SandboxLock? = try SandboxLock(scratch.path, isInterrupted: { false })
    let guardian = try ServerGuard(mark: scratch.path, lock: lock?.descriptor)
    lock = nil
    let failure = #expect(throws: Failure.self) { try SandboxLock(scratch.path, isInterrupted: { true }) }
    #expect(failure?.kind == .interrupted)
    guardian.dismiss()
    _ = try SandboxLock(scratch.path, isInterrupted: { true })
  }
}

extension ChildCommand {
  fileprivate func spawnAndWait() { #expect(throws: Never.self) { try spawn().wait() } }
}

extension ChildProcess {
  func endNow() {
    kill(pid, SIGKILL)
    wait()
  }
}
