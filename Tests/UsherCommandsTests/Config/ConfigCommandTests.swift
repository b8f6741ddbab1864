import Failures
import Glibc
import Support
import Testing

@Suite("usher config")
struct ConfigCommandTests {
  static let file = """
    current-context: production
    contexts:
      production:
        protected: true
        postgres: "host=db-1 dbname=tickets user=kim"
        redis: "redis://app:s3cret@cache-1:6379/0"
      staging: { redis: "redis://staging" }
    queues:
      대기열: { preset: set-ttl, capacity: 2100 }
    caches:
      concerts: { key: "concerts::SimpleKey []" }
    """

  /// Runs `usher config …` with a home of its own, in which the file lies where the user's file is looked for.
  static func run(
    _ words: [String], file: String? = file, environment: [String: String] = [:], terminal columns: UInt16? = nil,
    _ body: (Binary.Run, _ home: String) throws -> Void
  ) throws {
    var name = Array("/tmp/usher-home-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else { throw Failure(.failed, "cannot make a directory") }
    let home = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let path = "\(home)/.config/usher/config.yaml"
    defer {
      unlink(path)
      for directory in ["\(home)/.config/usher", "\(home)/.config", home] { rmdir(directory) }
    }
    if let file {
      mkdir("\(home)/.config", 0o755)
      mkdir("\(home)/.config/usher", 0o755)
      let stream = fopen(path, "w")
      fputs(file, stream)
      fclose(stream)
    }
    // A state directory without a sandbox, whatever runs on this machine.
    let variables = environment.merging(["HOME": home, "XDG_STATE_HOME": home]) { given, _ in given }
    let run =
      if let columns {
        try Binary.runInTerminal(
          ["config"] + words, environment: variables.merging(["TERM": "xterm"]) { given, _ in given }, columns: columns)
      } else {
        try Binary.run(["config"] + words, environment: variables)
      }
    try body(run, home)
  }

  @Test("show lists every setting with its origin, and no password")
  func show() throws {
    try Self.run(["show"], environment: ["REDIS_URL": "redis://:s3cret@elsewhere"]) { run, home in
      #expect(!run.output.contains("s3cret"))
      try Snapshot.match(run, "config-show", replacing: [home: "<home>"])
    }
  }

  @Test("show on a terminal fits it")
  func showOnTerminal() throws {
    try Self.run(["show", "--color=never"], terminal: 60) { run, home in
      #expect(run.status == 0)
      #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 60 })
      #expect(run.output.contains("…"))
    }
  }

  @Test("show in JSON has names, values and origins; what isn't set is null")
  func showJSON() throws {
    try Self.run(["show", "-o", "json", "--context", "staging"]) { run, home in
      #expect(run.status == 0)
      #expect(run.output.contains("{\"setting\": \"context\", \"origin\": \"--context\", \"value\": \"staging\"}"))
      #expect(run.output.contains("{\"setting\": \"postgres\", \"origin\": null, \"value\": null}"))
      #expect(run.output.contains("(context staging)"))
    }
  }

  @Test("show refuses a context that doesn't exist, with the nearest")
  func unknownContext() throws {
    try Self.run(["show", "--context", "stagin"]) { run, home in
      try Snapshot.match(run, "config-show-unknown-context", replacing: [home: "<home>"])
    }
  }

  @Test("check says which files are right")
  func check() throws {
    try Self.run(["check"]) { run, home in
      try Snapshot.match(run, "config-check", replacing: [home: "<home>"])
    }
    try Self.run(["check", "-q"]) { run, _ in
      #expect(run.status == 0 && run.output.isEmpty && run.errors.isEmpty)
    }
    try Self.run(["check"], file: nil) { run, _ in
      #expect(run.status == 0)
      #expect(run.errors == "no config file exists\n")
    }
  }

  static let broken = """
    current-context: prod
    contexts:
      production: { postgress: x, protected: maybe }
    queues:
      tickets: { preset: set-tll, active-ttl: 300 }
    """

  @Test("check reports every problem with its place, and exits 78")
  func checkBroken() throws {
    try Self.run(["check"], file: Self.broken) { run, home in
      try Snapshot.match(run, "config-check-broken", replacing: [home: "<home>"])
    }
  }

  @Test("check in JSON is a list of problems, empty where there is none")
  func checkJSON() throws {
    try Self.run(["check", "-o", "json"], file: Self.broken) { run, _ in
      #expect(run.status == 78)
      #expect(run.output.split(separator: "\n").count == 2 + 5)
      #expect(run.output.contains("\"line\": 3, \"column\": 17, \"problem\": \"unknown key 'postgress'"))
    }
    try Self.run(["check", "-o", "json"]) { run, _ in
      #expect(run.status == 0)
      #expect(run.output == "[]\n")
    }
  }

  @Test("check reads a file that is not in place yet")
  func checkOther() throws {
    try Self.run(["check", "--config", "/nonexistent.yaml"]) { run, _ in
      #expect(run.status == 78)
      #expect(run.errors == "usher: --config names '/nonexistent.yaml', which does not exist\n")
    }
  }

  @Test("path lists where files are looked for, also when they are broken")
  func path() throws {
    try Self.run(["path"], file: Self.broken) { run, home in
      try Snapshot.match(run, "config-path", replacing: [home: "<home>"])
    }
    try Self.run(["path"], environment: ["USHER_CONFIG": "/elsewhere.yaml"]) { run, home in
      try Snapshot.match(run, "config-path-variable", replacing: [home: "<home>"])
    }
  }
}
