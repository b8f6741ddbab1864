import Failures
import Glibc
import Support

/// `usher config` with a home of its own.
enum ConfigProgram {
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

  static let broken = """
    current-context: prod
    contexts:
      production: { postgress: x, protected: maybe }
    queues:
      tickets: { preset: set-tll, active-ttl: 300 }
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
}
