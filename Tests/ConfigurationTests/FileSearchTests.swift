import Failures
import Glibc
import Testing

@testable import Configuration

@Suite("Where configuration files are looked for")
struct FileSearchTests {
  static func search(
    config: String? = nil, _ environment: [String: String] = [:], files: [String: String] = [:],
    sandbox: SandboxEndpoints? = nil
  ) -> [String] {
    let input = Fixture.input(
      options: .init(configPath: config), environment: environment, files: files, sandbox: sandbox)
    return Configuration.load(input).searchedFiles.map { "\($0.source) \($0.path) \($0.state)" }
  }

  @Test("the user's file comes before the system's")
  func usual() {
    #expect(
      Self.search(files: [Fixture.systemPath: ""]) == [
        "user \(Fixture.userPath) absent", "system \(Fixture.systemPath) used",
      ])
  }

  @Test("a file that is named is read alone, --config before USHER_CONFIG")
  func named() {
    #expect(
      Self.search(config: "/a.yaml", ["USHER_CONFIG": "/b.yaml"], files: ["/a.yaml": "", Fixture.userPath: "bad: 1"])
        == [
          "option /a.yaml used", "variable /b.yaml passedOver", "user \(Fixture.userPath) passedOver",
          "system \(Fixture.systemPath) passedOver",
        ])
    #expect(
      Self.search(["USHER_CONFIG": "/b.yaml"], files: ["/b.yaml": ""]).first == "variable /b.yaml used")
  }

  @Test(
    "XDG_CONFIG_HOME moves the user's file, if it is absolute",
    arguments: [("/x", "/x/usher/config.yaml"), ("x", Fixture.userPath), ("", Fixture.userPath)])
  func configHome(_ value: String, _ path: String) {
    #expect(Self.search(["XDG_CONFIG_HOME": value]).first == "user \(path) absent")
  }

  @Test("without a home there is only the system's file")
  func noHome() {
    #expect(Self.search(["HOME": ""]) == ["system \(Fixture.systemPath) absent"])
  }

  @Test("the running sandbox's file is listed last, and once")
  func sandbox() {
    var sandbox = Fixture.sandbox
    sandbox.configPath = "/sandbox/config.yaml"
    #expect(Self.search(sandbox: sandbox).last == "sandbox /sandbox/config.yaml absent")
    #expect(
      Self.search(["USHER_REDIS": "r:1"], sandbox: sandbox).last == "sandbox /sandbox/config.yaml passedOver")
    #expect(
      Self.search(["USHER_CONFIG": "/sandbox/config.yaml"], files: ["/sandbox/config.yaml": ""], sandbox: sandbox)
        .filter { $0.contains("/sandbox/") } == ["variable /sandbox/config.yaml used"])
  }

  @Test("a file that was named must exist, the others need not")
  func missing() {
    let option = Configuration.load(Fixture.input(options: .init(configPath: "/a.yaml")))
    #expect(option.problems.map(\.description) == ["--config names '/a.yaml', which does not exist"])
    let variable = Configuration.load(Fixture.input(environment: ["USHER_CONFIG": "/b.yaml"]))
    #expect(variable.problems.map(\.description) == ["USHER_CONFIG names '/b.yaml', which does not exist"])
    #expect(Configuration.load(Fixture.input()).problems.isEmpty)
  }

  @Test("a file that cannot be read is a problem")
  func unreadable() {
    let configuration = Configuration.load(Fixture.input(files: [Fixture.systemPath: "(unreadable)"]))
    #expect(configuration.problems.map(\.description) == ["cannot read '/etc/usher/config.yaml': Permission denied"])
    #expect(configuration.searchedFiles.last?.state == .unreadable("Permission denied"))
  }

  @Test("bytes that are not UTF-8 are told with their place")
  func badBytes() {
    let bytes = Array("queues: {}\nkey: \"".utf8) + [0xC3, 0x28, 0x22]
    let configuration = Configuration.load(ConfigurationInput(systemPath: "/c") { _ throws(FileProblem) in bytes })
    #expect(configuration.problems.map(\.description) == ["/c:2:7: the text is not UTF-8"])
  }

  @Test("real files are read whole; what is no file is a problem")
  func realFiles() throws {
    var path = Array("/tmp/usher-config-XXXXXX".utf8CString)
    let descriptor = mkstemp(&path)
    let name = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(name) }
    let text = String(repeating: "# 대기열\n", count: 10_000)
    #expect(write(descriptor, text, text.utf8.count) == text.utf8.count)
    close(descriptor)
    #expect(try Files.read(name) == Array(text.utf8))
    #expect(try Files.read("/nonexistent/file") == nil)
    #expect(try Files.read("/etc/passwd/file") == nil)
    #expect(throws: FileProblem(reason: "Is a directory")) { try Files.read("/tmp") }
    #expect(throws: FileProblem(reason: "larger than 4 MiB")) { try Files.read("/dev/zero") }
    #expect(throws: FileProblem(reason: "larger than 9 MiB")) { try Files.contents(of: "/dev/zero", upTo: 9 << 20) }
  }
}

@Suite("Two files together")
struct MergingTests {
  static let system = """
    current-context: production
    contexts:
      production: { protected: true, postgres: "host=system", redis: "system:1" }
    queues:
      tickets: { preset: set-ttl, capacity: 2100 }
    caches:
      concerts: { key: "concerts::SimpleKey []" }
    outbox:
      table: outbox_event
      columns: { id: id, key: key }
    """
  static let user = """
    contexts:
      production: { redis: "user:1" }
      dev: { redis: "dev:1" }
    queues:
      tickets: { capacity: 100 }
    caches:
      concerts: { prefix: "concerts::" }
    outbox:
      columns: { key: aggregate_id }
    """

  static func load(_ user: String, over system: String = system) -> Configuration {
    .load(Fixture.input(files: [Fixture.userPath: user, Fixture.systemPath: system]))
  }

  @Test("the user's values stand over the system's, one by one, each with its own origin")
  func merges() throws {
    let context = try Self.load(Self.user).resolve()
    #expect(context.redis?.value == "user:1")
    #expect(context.redis?.origin.description == "\(Fixture.userPath):2:24 (context production)")
    #expect(context.postgres?.value == "host=system")
    #expect(context.isProtected)
    #expect(context.queues["tickets"]?.capacity?.value == 100)
    #expect(context.queues["tickets"]?.preset.origin.description == "\(Fixture.systemPath):5:22")
    #expect(context.caches["concerts"]?.keys.value == .prefix("concerts::"))
    #expect(context.outbox?.table?.value == "outbox_event")
    #expect(context.outbox?.columns.mapValues(\.value) == ["id": "id", "key": "aggregate_id"])
  }

  @Test("what is left empty above doesn't hide what is below")
  func emptyAbove() throws {
    let context = try Self.load("contexts:\nqueues:\n  tickets:\n    capacity:\n").resolve()
    #expect(context.queues["tickets"]?.capacity?.value == 2100)
    #expect(context.name?.value == "production")
  }

  @Test("the problems of both files are reported, the user's first, also those of values that are hidden")
  func problems() {
    let configuration = Self.load(
      "queues: { tickets: { capcity: 1, capacity: 5 } }", over: Self.system.replacing("2100", with: "many"))
    #expect(
      configuration.problems.map(\.description) == [
        "\(Fixture.userPath):1:22: unknown key 'capcity' in queue 'tickets'; did you mean 'capacity'?",
        "\(Fixture.systemPath):5:41: 'capacity' of queue 'tickets' is 'many': expected a whole number of at least 1, for example 2100",
      ])
  }

  @Test("a queue's keys may be split over both files, and are compared as they are together")
  func splitKeys() throws {
    let system = "queues: { q: { preset: set-ttl, waiting: line, active: line } }"
    #expect(
      try Self.load("queues: { q: { active: admitted } }", over: system).resolve().queues["q"]?.active.value
        == "admitted")
    let equal = Self.load(
      "queues: { q: { waiting: admitted } }", over: "queues: { q: { preset: set-ttl, active: admitted } }")
    #expect(
      equal.problems.map(\.description) == [
        "\(Fixture.systemPath):1:41: queue 'q' has the same key for waiting and active users, 'admitted'; use two keys"
      ])
  }

  @Test("a current context may be named in one file and described in the other")
  func splitContext() throws {
    #expect(
      try Self.load("current-context: production", over: "contexts: { production: {} }").resolve().name?.value
        == "production")
    #expect(Self.load("current-context: prod", over: "contexts: { production: {} }").problems.count == 1)
  }

  @Test("the sandbox's queues, caches and outbox are its own alone")
  func sandbox() throws {
    var sandbox = Fixture.sandbox
    sandbox.configPath = "/sandbox/config.yaml"
    let sandboxFile = "queues: { demo: { preset: zset-expiry } }"
    let files = [Fixture.userPath: "queues: { tickets: { preset: set-ttl } }", "/sandbox/config.yaml": sandboxFile]
    let inside = try Configuration.load(Fixture.input(files: files, sandbox: sandbox)).resolve()
    #expect(inside.queues.keys.sorted() == ["demo"])
    #expect(FileSearchTests.search(files: files, sandbox: sandbox).last == "sandbox /sandbox/config.yaml used")
    let outside = try Configuration.load(
      Fixture.input(environment: ["USHER_REDIS": "r:1"], files: files, sandbox: sandbox)
    ).resolve()
    #expect(outside.queues.keys.sorted() == ["tickets"])
    let broken = files.merging(["/sandbox/config.yaml": "x: 1"]) { $1 }
    #expect(throws: Failure.self) { try Configuration.load(Fixture.input(files: broken, sandbox: sandbox)).resolve() }
  }
}
