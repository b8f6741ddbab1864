import Testing

@testable import Configuration

@Suite("Whether TAB may ask the stores of a context")
struct CompletionSettingTests {
  static let file = """
    current-context: dev
    contexts:
      dev: { redis: "dev:1" }
      quiet: { redis: "quiet:1", completion: false }
      production: { redis: "prod:1", protected: true }
      talking: { redis: "talk:1", protected: true, completion: true }
    """

  @Test(
    "is yes unless it is protected, and what the file says where it says something",
    arguments: [
      (nil, [:], true), ("dev", [:], true), ("quiet", [:], false), ("production", [:], false), ("talking", [:], true),
      // A protected context's store is protected by whatever way it was reached.
      (nil, ["USHER_REDIS": "prod:1"], false), (nil, ["USHER_REDIS": "talk:1"], true),
      (nil, ["USHER_REDIS": "quiet:1"], true), ("quiet", ["USHER_REDIS": "prod:1"], false),
    ] as [(String?, [String: String], Bool)])
  func answers(context: String?, environment: [String: String], isAsked: Bool) throws {
    let input = Fixture.input(
      options: .init(context: context), environment: environment, files: [Fixture.userPath: Self.file])
    #expect(try Configuration.load(input).resolve().answersCompletion == isAsked)
  }

  @Test("is yes where there is no context at all")
  func noContext() throws {
    #expect(try Configuration.load(Fixture.input(environment: ["REDIS_URL": "redis://r"])).resolve().answersCompletion)
  }

  @Test("is a question about contexts that are listed by name, whatever file they stand in")
  func contexts() {
    let configuration = MergingTests.load("contexts: { b: {}, a: { protected: true } }", over: "contexts: { c: {} }")
    #expect(configuration.contexts.map(\.name) == ["a", "b", "c"])
    #expect(configuration.contexts.map { $0.isProtected?.value } == [true, nil, nil])
  }
}
