import Testing

@testable import Configuration

@Suite("Templates of the outbox in the file")
struct TemplateTests {
  /// Stands in for the outbox's own grammar: a text with a bang in it is none.
  private func problems(_ user: String, system: String? = nil) -> [String] {
    var files = [Fixture.userPath: user]
    files[Fixture.systemPath] = system
    var input = Fixture.input(files: files)
    input.templateMistake = { $0.contains("!") ? "a bang; leave it out" : nil }
    return Configuration.load(input).problems.map { $0.description.replacing(Fixture.userPath + ":", with: "") }
  }

  @Test(
    "each that is none is refused where it stands, with how to mend it",
    arguments: [
      ("topic: a!", "1:29: 'topic' of 'publish' of the outbox is 'a!': a bang; leave it out"),
      ("stream: a!", "1:30: 'stream' of 'publish' of the outbox is 'a!': a bang; leave it out"),
      ("key: a!", "1:27: 'key' of 'publish' of the outbox is 'a!': a bang; leave it out"),
      ("value: '!'", "1:29: 'value' of 'publish' of the outbox is '!': a bang; leave it out"),
      ("headers: { h: a! }", "1:36: 'headers.h' of 'publish' of the outbox is 'a!': a bang; leave it out"),
    ])
  func refused(member: String, problem: String) {
    #expect(problems("outbox: { publish: { \(member) } }") == [problem])
  }

  @Test("other texts of the section are none", arguments: ["topic: a", "to: stdout", "id-header: a!", "headers: {}"])
  func accepted(member: String) {
    #expect(problems("outbox: { publish: { \(member) } }") == [])
  }

  @Test("all of them are reported together, in both files, also where one hides the other")
  func together() {
    let found = problems(
      "outbox: { publish: { topic: a!, key: b! } }", system: "outbox: { publish: { topic: c!, value: d! } }")
    #expect(
      found.map { $0.prefix { $0 != " " } } == [
        "1:29:", "1:38:", "/etc/usher/config.yaml:1:29:", "/etc/usher/config.yaml:1:40:",
      ])
  }

  @Test("those of the sandbox's file are judged too")
  func sandbox() {
    var endpoints = Fixture.sandbox
    endpoints.configPath = "/sandbox.yaml"
    var input = Fixture.input(files: ["/sandbox.yaml": "outbox: { publish: { topic: a! } }"], sandbox: endpoints)
    input.templateMistake = { _ in "broken" }
    #expect(throws: (any Error).self) { try Configuration.load(input).resolve() }
    input.templateMistake = { _ in nil }
    #expect(throws: Never.self) { try Configuration.load(input).resolve() }
  }
}
