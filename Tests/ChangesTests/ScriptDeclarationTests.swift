import Failures
import Redis
import Support
import Testing

@testable import Changes

@Suite("A script that is declared by name")
struct ScriptDeclarationTests {
  private static let declaration = ScriptDeclaration(
    "sample", keys: ["first", "second"], arguments: ["text", .number("number")], rest: "words", restKeys: "others",
    body: "return {first, second, text, number + 1, ARGV[words_at], KEYS[others_at], #ARGV, #KEYS}")

  @Test("finds its words under their names, in whatever order they are given")
  func words() throws {
    let server = try TestRedis.make()
    let redis = try server.connect()
    let call = try Self.declaration.call(
      keys: ["second": "b", "first": "a"], arguments: ["number": 41, "text": "x"],
      rest: .init(keys: ["c"], arguments: ["w", "v"]))
    let reply = try redis.evaluate(Self.declaration.script, keys: call.keys, arguments: call.arguments).array
    #expect(try reply[0..<3].map { try $0.string } == ["a", "b", "x"])
    #expect(try reply[3].integer == 42)
    #expect(try reply[4..<6].map { try $0.string } == ["w", "c"])
    #expect(try reply[6..<8].map { try $0.integer } == [4, 3])
  }

  @Test(
    "a call without a declared word, or with another, is a bug and not a call",
    arguments: [
      (["first": "a"], ["text": "x", "number": "1"]), (["first": "a", "second": "b"], ["text": "x"]),
      (["first": "a", "third": "b"], ["text": "x", "number": "1"]),
      (["first": "a", "second": "b", "third": "c"], ["text": "x", "number": "1"]),
      (["first": "a", "second": "b"], ["text": "x", "numbers": "1"]),
    ] as [([String: RedisArgument], [String: RedisArgument])])
  func mistakes(keys: [String: RedisArgument], arguments: [String: RedisArgument]) {
    let failure = #expect(throws: Failure.self) { try Self.declaration.call(keys: keys, arguments: arguments) }
    #expect(failure?.kind == .bug && failure?.message.contains("'sample'") == true)
  }
}
