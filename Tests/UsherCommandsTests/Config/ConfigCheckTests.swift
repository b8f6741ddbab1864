import Support
import Testing

@Suite("usher config check")
struct ConfigCheckTests {
  @Test("says which files are right")
  func check() throws {
    try ConfigProgram.run(["check"]) { run, home in
      try Snapshot.match(run, errors: "no problem in <home>/.config/usher/config.yaml", replacing: [home: "<home>"])
    }
    try ConfigProgram.run(["check", "-q"]) { run, _ in
      #expect(run.status == 0 && run.output.isEmpty && run.errors.isEmpty)
    }
    try ConfigProgram.run(["check"], file: nil) { run, _ in
      #expect(run.status == 0)
      #expect(run.errors == "no config file exists\n")
    }
  }

  @Test("reports every problem with its place, and exits 78")
  func checkBroken() throws {
    try ConfigProgram.run(["check"], file: ConfigProgram.broken) { run, home in
      try Snapshot.match(run, "config-check-broken", replacing: [home: "<home>"])
    }
  }

  @Test("is in JSON a list of problems, empty where there is none")
  func checkJSON() throws {
    try ConfigProgram.run(["check", "-o", "json"], file: ConfigProgram.broken) { run, _ in
      #expect(run.status == 78)
      #expect(run.output.split(separator: "\n").count == 2 + 5)
      #expect(run.output.contains("\"line\": 3, \"column\": 17, \"problem\": \"unknown key 'postgress'"))
    }
    try ConfigProgram.run(["check", "-o", "json"]) { run, _ in
      #expect(run.status == 0)
      #expect(run.output == "[]\n")
    }
  }

  @Test("reads a file that is not in place yet")
  func checkOther() throws {
    try ConfigProgram.run(["check", "--config", "/nonexistent.yaml"]) { run, _ in
      #expect(run.status == 78)
      #expect(run.errors == "usher: --config names '/nonexistent.yaml', which does not exist\n")
    }
  }
}
