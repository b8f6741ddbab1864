import Failures
import Redis

/// A Redis script whose keys and arguments are declared once, by name.
///
/// The declaration writes the first lines of the script, `local waiting, operation = KEYS[1], KEYS[2]`, and puts the words of a call
/// into the same order, so that Swift and Lua cannot disagree.
public struct ScriptDeclaration: Sendable {
  /// An argument as the script sees it.
  public struct Argument: Sendable, ExpressibleByStringLiteral {
    let name: String
    let isNumber: Bool

    public init(stringLiteral name: String) { (self.name, isNumber) = (name, false) }
    private init(name: String, isNumber: Bool) { (self.name, self.isNumber) = (name, isNumber) }
    /// One that Lua converts to a number.
    public static func number(_ name: String) -> Argument { Argument(name: name, isNumber: true) }
  }

  /// What a call has behind the declared words: a list of keys, a list of arguments, or neither.
  public struct Rest: Sendable {
    public var keys: [RedisArgument]
    public var arguments: [RedisArgument]

    public init(keys: [RedisArgument] = [], arguments: [RedisArgument] = []) {
      self.keys = keys
      self.arguments = arguments
    }
  }

  /// The words of one call, in the order of the script.
  struct Call: Sendable {
    let keys: [RedisArgument]
    let arguments: [RedisArgument]
  }

  let script: RedisScript
  private let keys: [String]
  private let arguments: [Argument]

  /// - Parameters:
  ///   - keys: a local of this name each.
  ///   - arguments: a local of this name each.
  ///   - rest: a name for the arguments that follow the declared ones; the local `NAME_at` is the index of the first of them.
  ///   - restKeys: the same for keys.
  public init(
    _ name: String, keys: [String], arguments: [Argument] = [], rest: String? = nil, restKeys: String? = nil,
    body: String
  ) {
    self.keys = keys
    self.arguments = arguments
    var lines = ["if redis.replicate_commands then redis.replicate_commands() end"]
    for (index, key) in keys.enumerated() { lines.append("local \(key) = KEYS[\(index + 1)]") }
    for (index, argument) in arguments.enumerated() {
      let word = "ARGV[\(index + 1)]"
      lines.append("local \(argument.name) = \(argument.isNumber ? "tonumber(\(word))" : word)")
    }
    let (nextArgument, nextKey) = (arguments.count + 1, keys.count + 1)
    if let rest { lines.append("local \(rest)_at = \(nextArgument)") }
    if let restKeys { lines.append("local \(restKeys)_at = \(nextKey)") }
    script = RedisScript(name: name, source: lines.joined(separator: "\n") + "\n" + body)
  }

  /// Puts the words into the order of the script; fails with `bug` when they are not exactly those that are declared.
  func call(
    keys: [String: RedisArgument], arguments: [String: RedisArgument] = [:], rest: Rest = Rest()
  ) throws(Failure) -> Call {
    guard keys.count == self.keys.count, arguments.count == self.arguments.count else {
      throw Failure(.bug, "the script '\(script.name)' was called with other words than it declares")
    }
    var call: (keys: [RedisArgument], arguments: [RedisArgument]) = ([], [])
    for name in self.keys { call.keys.append(try Self.word(name, in: keys, script)) }
    for argument in self.arguments { call.arguments.append(try Self.word(argument.name, in: arguments, script)) }
    return Call(keys: call.keys + rest.keys, arguments: call.arguments + rest.arguments)
  }

  private static func word(
    _ name: String, in words: [String: RedisArgument], _ script: RedisScript
  ) throws(Failure) -> RedisArgument {
    guard let word = words[name] else {
      throw Failure(.bug, "the script '\(script.name)' was called without its word '\(name)'")
    }
    return word
  }
}

extension RedisConnection {
  /// Runs a declared script once and waits for its reply.
  public func evaluate(
    _ declaration: ScriptDeclaration, keys: [String: RedisArgument], arguments: [String: RedisArgument] = [:]
  ) throws -> RedisValue {
    let call = try declaration.call(keys: keys, arguments: arguments)
    return try evaluate(declaration.script, keys: call.keys, arguments: call.arguments)
  }
}
