import Glibc
import Support
import Testing

@Suite("The program")
struct ProgramTests {
  @Test("rule 23: help is a result: on standard output, with status 0, also before errors")
  func help() throws {
    for words in [["--help"], ["-h"], ["help"], ["undo", "--help"], ["--nonsense", "--help"]] {
      let run = try Binary.run(words)
      #expect(run.status == 0, "\(words)")
      #expect(run.output.hasPrefix("usage: usher"), "\(words)")
      #expect(run.errors.isEmpty, "\(words)")
    }
  }

  @Test("help opens no connection and reads no file")
  func helpOpensNothing() throws {
    let run = try Binary.run(
      ["history", "--help"],
      environment: ["USHER_CONFIG": "/nonexistent", "USHER_REDIS": "redis://127.0.0.1:1", "HOME": "/nonexistent"])
    #expect(run.status == 0)
  }

  @Test("rule 24: the version is one line, and in full as JSON")
  func version() throws {
    let short = try Binary.run(["--version"])
    #expect(short.status == 0)
    #expect(short.output.wholeMatch(of: #/usher \d+\.\d+\.\d+\n/#) != nil)
    let full = try Binary.run(["version", "-o", "json"])
    for name in ["version", "commit", "swift", "libpq", "hiredis", "librdkafka"] {
      #expect(full.output.contains("\"\(name)\":"))
    }
  }

  @Test("rule 25: a usage error names the word, gives one usage line and exits 64")
  func usage() throws {
    let run = try Binary.run(["undo", "--frce"])
    #expect(run.status == 64)
    #expect(run.output.isEmpty)
    #expect(run.errors.contains("--frce"))
    #expect(run.errors.split(separator: "\n").count { $0.hasPrefix("usage:") } == 1)
  }

  @Test("rule 21: no command at all shows the short help on standard error and exits 64")
  func nothing() throws {
    let run = try Binary.run([])
    #expect(run.status == 64)
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("usage: usher COMMAND"))
  }

  @Test("a full disk is an error of output with its reason")
  func fullDisk() throws {
    let run = try Shell.run("\"$USHER\" version > /dev/full")
    #expect(run.status == 74)
    #expect(run.errors.contains("cannot write standard output"))
    #expect(run.errors.contains("No space left on device"))
  }

  @Test("a reader that has had enough ends the program without a word")
  func closedPipe() throws {
    let run = try Shell.run("{ sleep 0.2; \"$USHER\" --help; echo \"status $?\" >&2; } | true")
    #expect(run.errors == "status 74\n")
  }

  @Test("rule 9: a word that is not UTF-8 is refused with its bytes")
  func badBytes() throws {
    let run = try Shell.run(#""$USHER" $'hist\xffory'"#)
    #expect(run.status == 64)
    #expect(run.errors.contains(#"\xFF"#) || run.errors.contains(#"\xff"#))
  }

  @Test("rule 11: a variable of usher's that is not UTF-8 is refused by its name, not repaired")
  func badVariables() throws {
    let option = try Shell.run(#"USHER_SANDBOX=$'\xff\xfe' "$USHER" sandbox env"#)
    #expect(option.status == 64)
    #expect(
      option.errors.hasPrefix(#"usher: invalid value '\xff\xfe' for USHER_SANDBOX (--directory): "#),
      "\(option.errors)")
    let setting = try Shell.run(#"USHER_REDIS=$'redis://h\xff:1' "$USHER" config show"#)
    #expect(setting.status == 64)
    #expect(setting.errors.hasPrefix("usher: the variable USHER_REDIS is not valid UTF-8\n"), "\(setting.errors)")
    let other = try Shell.run(#"OTHER=$'\xff' "$USHER" version"#)
    #expect(other.status == 0)
  }
}

/// A command line through bash, with `$USHER` as the built program and nothing else in the environment but PATH.
enum Shell {
  static func run(_ script: String, environment: [String: String] = [:]) throws -> Binary.Run {
    var variables = environment
    variables["PATH"] = variables["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    variables["USHER"] = try Binary.path()
    return try Binary.run(program: "/bin/bash", ["-c", script], environment: variables)
  }
}
