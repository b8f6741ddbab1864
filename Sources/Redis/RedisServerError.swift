/// An error that the server answered with.
public struct RedisServerError: Error, Equatable, Sendable {
  /// The first word when it is in capitals (`WRONGTYPE`, `READONLY`), else `ERR`.
  public var code: String
  /// The whole line, code included, without arguments that the server may have quoted back.
  public var message: String

  public init(_ line: String) {
    var message = line
    // An unknown command's error repeats the arguments, which may be secrets.
    if let range = message.firstRange(of: ", with args beginning with:") { message.removeSubrange(range.lowerBound...) }
    self.message = message
    self.code = Self.scriptsOwnCode(message) ?? Self.leadingCode(message) ?? "ERR"
    // Redis 7.0 gives a script's missing privilege no code of its own.
    if message.hasPrefix("ERR The user executing the script can't") { code = "NOPERM" }
  }

  private static func leadingCode(_ line: String) -> String? {
    let word = line.prefix { $0 != " " }
    return !word.isEmpty && word.allSatisfy { ("A"..."Z").contains($0) || $0 == "_" } ? String(word) : nil
  }

  /// Redis before 7 wraps what a command inside a script answered: `ERR Error running script (call to f_…):
  /// @user_script:1: WRONGTYPE Operation against …`.
  private static func scriptsOwnCode(_ line: String) -> String? {
    guard line.hasPrefix("ERR Error running script"), let place = line.firstRange(of: "@user_script:") else {
      return nil
    }
    let rest = line[place.upperBound...].drop { $0 != " " }.drop { $0 == " " }
    // Lua's own place may come second: `@user_script: 3: -READONLY …`.
    let words = rest.split(separator: " ").prefix(3)
    return words.lazy.compactMap { leadingCode($0.hasPrefix("-") ? String($0.dropFirst()) : String($0)) }
      .first { $0.count > 2 }
  }
}
