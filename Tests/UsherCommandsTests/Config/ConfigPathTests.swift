import Support
import Testing

@Suite("usher config path")
struct ConfigPathTests {
  @Test("lists where files are looked for, also when they are broken")
  func path() throws {
    try ConfigProgram.run(["path"], file: ConfigProgram.broken) { run, home in
      try Snapshot.match(run, "config-path", replacing: [home: "<home>"])
    }
    try ConfigProgram.run(["path"], environment: ["USHER_CONFIG": "/elsewhere.yaml"]) { run, home in
      try Snapshot.match(run, "config-path-variable", replacing: [home: "<home>"])
    }
  }
}
