import Support
import Testing

@Suite("usher config show")
struct ConfigShowTests {
  @Test("lists every setting with its origin, and no password")
  func show() throws {
    try ConfigProgram.run(["show"], environment: ["REDIS_URL": "redis://:s3cret@elsewhere"]) { run, home in
      #expect(!run.output.contains("s3cret"))
      try Snapshot.match(run, "config-show", replacing: [home: "<home>"])
    }
  }

  @Test("fits the terminal")
  func showOnTerminal() throws {
    try ConfigProgram.run(["show", "--color=never"], terminal: 60) { run, home in
      #expect(run.status == 0)
      #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 60 })
      #expect(run.output.contains("…"))
    }
  }

  @Test("has in JSON names, values and origins; what isn't set is null")
  func showJSON() throws {
    try ConfigProgram.run(["show", "-o", "json", "--context", "staging"]) { run, home in
      #expect(run.status == 0)
      #expect(run.output.contains("{\"setting\": \"context\", \"origin\": \"--context\", \"value\": \"staging\"}"))
      #expect(run.output.contains("{\"setting\": \"postgres\", \"origin\": null, \"value\": null}"))
      #expect(run.output.contains("(context staging)"))
    }
  }

  @Test("refuses a context that doesn't exist, with the nearest")
  func unknownContext() throws {
    try ConfigProgram.run(["show", "--context", "stagin"]) { run, home in
      try Snapshot.match(run, "config-show-unknown-context", replacing: [home: "<home>"])
    }
  }

  @Test(
    "a password in the wrong place is shown by no command",
    arguments: [
      ("USHER_POSTGRES", "postgres://boss:hunter2@wrong@127.0.0.1/x"),
      ("USHER_POSTGRES", "postgres://boss:hunter2wrong"),
      ("USHER_POSTGRES", "host=127.0.0.1 passwrd=hunter2wrong"), ("USHER_POSTGRES", "host=127.0.0.1 hunter2wrong"),
      ("USHER_POSTGRES", "host=x pw:hunter2wrong"), ("USHER_POSTGRES", "postgres://boss:a/hunter2wrong@127.0.0.1/x"),
      ("USHER_REDIS", "redis://hunter2wrong@127.0.0.1:1"), ("USHER_REDIS", "unix:///nope?pass=hunter2wrong"),
      ("USHER_KAFKA", "sasl://u:hunter2wrong@127.0.0.1:1"),
    ])
  func misplacedPassword(variable: String, value: String) throws {
    for words in [["config", "show"], ["config", "show", "-o", "json"], ["status"], ["doctor"]] {
      let run = try Binary.run(words, environment: ["HOME": "/nowhere", variable: value])
      let said = run.output + run.errors
      #expect(!said.contains("wrong") && !said.contains("hunter2"), "\(words): \(said)")
      #expect(words[0] != "config" || run.output.contains("****"), "\(said)")
    }
    let option = "--" + variable.dropFirst("USHER_".count).lowercased()
    let run = try Binary.run([option, value, "status"], environment: ["HOME": "/nowhere"])
    #expect(run.status == 64, "\(run)")
    #expect(!run.errors.contains("wrong") && !run.errors.contains("hunter2"), "\(run.errors)")
  }

  @Test("properties of the Kafka client that are not known to be harmless are hidden")
  func kafkaProperties() throws {
    let file = """
      current-context: a
      contexts:
        a:
          kafka: broker-1:9092
          kafka-properties: { sasl.oauthbearer.config: hunter2, bogus.prop: hunter2, security.protocol: SASL_SSL }
      """
    for words in [["show"], ["show", "-o", "json"]] {
      try ConfigProgram.run(words, file: file) { run, _ in
        #expect(!run.output.contains("hunter2") && run.output.contains("SASL_SSL"), "\(run.output)")
      }
    }
  }
}
