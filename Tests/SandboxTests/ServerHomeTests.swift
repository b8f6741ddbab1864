import Failures
import Glibc
import Testing

@testable import Sandbox

@Suite("the servers' home")
struct ServerHomeTests {
  @Test(
    "servers can use a plain and short path, and no other",
    arguments: [
      ("/tmp/sandbox", true), ("/tmp/a-b_c.d/E9", true), ("/tmp/with space", false), ("/tmp/서울", false),
      ("/tmp/a,b", false), ("/tmp/quote'd", false), ("/tmp/line\nfeed", false), ("/tmp/per%cent", false),
    ])
  func plain(path: String, suits: Bool) {
    #expect(ServerHome.suits(path, nil) == suits)
  }

  @Test("a socket's path may have 107 bytes and not one more")
  func length() {
    let rest = "/run/.s.PGSQL.5432".utf8.count
    let fitting = "/" + String(repeating: "x", count: 106 - rest)
    #expect(ServerHome.suits(fitting, nil))
    #expect(!ServerHome.suits(fitting + "x", nil))
  }

  @Test("a stand-in follows from the directory alone, and differs between directories")
  func standIn() {
    let one = ServerHome.standIn(for: "/root/one")
    #expect(one == ServerHome.standIn(for: "/root/one"))
    #expect(one != ServerHome.standIn(for: "/root/two"))
    #expect(one.wholeMatch(of: #/\/var\/tmp\/usher-\d+-[0-9a-f]{16}/#) != nil)
    #expect(ServerHome.suits(one, nil))
  }

  @Test("the directories that the servers get are theirs alone")
  func directories() throws {
    let scratch = Scratch()
    let home = try ServerHome(scratch.path)
    #expect(home.directory == scratch.path)
    #expect(home.place == scratch.path)
    for name in ["run", "postgres-home", "redis", "log"] {
      var status = stat()
      #expect(stat("\(scratch.path)/\(name)", &status) == 0)
      #expect(status.st_mode & 0o7777 == 0o700)
      #expect(status.st_uid == home.user?.uid ?? geteuid())
    }
    // Again, in what is there already, and by a path that leads around.
    #expect(try ServerHome("\(scratch.path)/../sandbox/.").directory == scratch.path)
  }

  @Test("root's servers run as somebody else, who must be able to walk to their files")
  func user() throws {
    guard geteuid() == 0 else {
      #expect(try ServerUser.needed() == nil)
      return
    }
    let user = try #require(try ServerUser.needed())
    #expect(user.uid != 0)
    #expect(["postgres", "nobody"].contains(user.name))
    let scratch = Scratch("inner")
    try makeDirectories(scratch.path, mode: 0o711)
    #expect(user.canReach(scratch.path))
    #expect(!user.canReach("\(scratch.path)/missing"))
    chmod(scratch.path, 0o700)
    #expect(!user.canReach(scratch.path))
    #expect(try ServerHome(scratch.path).place == ServerHome.standIn(for: scratch.path))
    removeTree(ServerHome.standIn(for: scratch.path))
  }

  @Test("a directory with a line feed in its name is refused: servers are told apart by lines")
  func lineFeed() throws {
    let scratch = Scratch("one\ntwo")
    let failure = #expect(throws: Failure.self) { try ServerHome(scratch.path) }
    #expect(failure?.kind == .refused)
    #expect(!exists(scratch.path))
    // Also one that only a link leads to.
    let link = Scratch("link")
    try makeDirectories(scratch.path, mode: 0o755)
    try makeDirectories(String(link.path.dropLast(5)), mode: 0o755)
    symlink(scratch.path, link.path)
    #expect(throws: Failure.self) { try ServerHome(link.path) }
    #expect(entries(of: scratch.path).isEmpty)
  }

  @Test("a server that ends while it starts is told with its exit and its last words")
  func endsEarly() throws {
    let scratch = Scratch()
    let home = try ServerHome(scratch.path)
    let child = try home.command("broken", "/bin/sh", ["-c", "echo first; echo; echo last words >&2; exit 4"]).spawn()
    let failure = #expect(throws: Failure.self) { try home.waitUntilReady("broken", child) { false } }
    #expect(failure?.kind == .unavailable)
    #expect(failure?.message == "broken ended while it started (exit status 4)")
    #expect(failure?.causes == ["first", "last words"])
    #expect(failure?.hints == ["read \(scratch.path)/log/broken.log"])
  }

  @Test("a server's process carries the mark and little else, and the servers' user")
  func command() throws {
    let scratch = Scratch()
    let home = try ServerHome(scratch.path)
    let child = try home.command("id", "/bin/sh", ["-c", "id -u; env | sort | cut -d= -f1"]).spawn()
    #expect(child.wait() == .status(0))
    let lines = String(decoding: try readFile(home.log("id")), as: UTF8.self).split(separator: "\n").map(String.init)
    #expect(lines.first == "\(home.user?.uid ?? geteuid())")
    #expect(
      Set(lines.dropFirst()).subtracting(["_", "PWD", "OLDPWD", "SHLVL"]) == [
        "HOME", "LC_ALL", "PATH", "TZ", "USHER_SANDBOX_SERVER",
      ])
  }

  @Test("somebody else's file in the place of a stand-in is not used")
  func squatter() throws {
    let scratch = Scratch("공연")
    try makeDirectories(scratch.path, mode: 0o711)
    let standIn = ServerHome.standIn(for: scratch.path)
    try writeFile(standIn, "I was here first")
    defer { unlink(standIn) }
    let failure = #expect(throws: Failure.self) { try ServerHome(scratch.path) }
    #expect(failure?.kind == .cannotCreate)
    #expect(failure?.message.contains(standIn) == true)
  }
}

@Suite("files")
struct FilesTests {
  @Test("a file is replaced in one step and read back whole")
  func replace() throws {
    let scratch = Scratch()
    try makeDirectories(scratch.path, mode: 0o755)
    let path = "\(scratch.path)/file"
    for text in ["", "one", String(repeating: "long ", count: 50_000)] {
      try writeFile(path, text)
      #expect(try readFile(path) == Array(text.utf8))
    }
    #expect(entries(of: scratch.path) == ["file"])
  }

  @Test("a file that cannot be written or read is an error with its name")
  func impossible() throws {
    let failure = #expect(throws: Failure.self) { try writeFile("/proc/nothing/here", "x") }
    #expect(failure?.kind == .cannotCreate)
    #expect(failure?.message == "cannot write /proc/nothing/here")
    #expect(throws: Failure.self) { try readFile("/proc/nothing/here") }
  }

  @Test("a file that cannot be put in its place leaves nothing beside it")
  func inTheWay() throws {
    let scratch = Scratch()
    try makeDirectories("\(scratch.path)/file/full", mode: 0o755)
    #expect(throws: Failure.self) { try writeFile("\(scratch.path)/file", "x") }
    #expect(entries(of: scratch.path) == ["file"])
  }

  @Test("directories are made with those above them, each as open as asked for; one that is there stays as it is")
  func directories() throws {
    let scratch = Scratch()
    func mode(_ path: String) -> mode_t {
      var status = stat()
      return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }
    try makeDirectories(scratch.path, mode: 0o750)
    try makeDirectories("\(scratch.path)/a/b", mode: 0o711)
    #expect([scratch.path, "\(scratch.path)/a", "\(scratch.path)/a/b"].map(mode) == [0o750, 0o711, 0o711])
    try writeFile("\(scratch.path)/file", "")
    let failure = #expect(throws: Failure.self) { try makeDirectories("\(scratch.path)/file/a", mode: 0o711) }
    #expect(failure?.causes == ["Not a directory"])
  }

  @Test("removing a tree follows no link out of it")
  func remove() throws {
    let scratch = Scratch()
    try makeDirectories("\(scratch.path)/tree/below", mode: 0o755)
    try makeDirectories("\(scratch.path)/outside", mode: 0o755)
    try writeFile("\(scratch.path)/outside/kept", "x")
    try writeFile("\(scratch.path)/tree/below/file", "x")
    symlink("\(scratch.path)/outside", "\(scratch.path)/tree/below/link")
    #expect(removeTree("\(scratch.path)/tree"))
    #expect(entries(of: scratch.path) == ["outside"])
    #expect(entries(of: "\(scratch.path)/outside") == ["kept"])
    #expect(removeTree("\(scratch.path)/never-there"))
  }

  @Test("of a log only the last lines that say something are quoted")
  func log() throws {
    let scratch = Scratch()
    try makeDirectories(scratch.path, mode: 0o755)
    let path = "\(scratch.path)/log"
    try writeFile(path, "one\ntwo\n\n  three\nfour\n")
    #expect(lastLines(of: path) == ["two", "three", "four"])
    #expect(lastLines(of: path, 1) == ["four"])
    #expect(lastLines(of: "/proc/nothing/here") == [])
  }
}
