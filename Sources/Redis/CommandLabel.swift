/// What may be said about a command in an error: its name and the keys that it works on, never its values.
struct CommandLabel {
  var name: String
  /// What is known to be a key: a script's.
  var keys: [RedisArgument]
  /// Where most commands have their key, and some a value.
  private var likelyKey: RedisArgument?

  init(name: String, keys: [RedisArgument]) {
    self.name = name
    self.keys = keys
  }

  init(_ words: [RedisArgument]) {
    self.init(name: words.first?.text.uppercased() ?? "an empty command", keys: [])
    let position = ["OBJECT", "MEMORY", "XGROUP", "XINFO"].contains(name) ? 2 : 1
    likelyKey = words.count > position ? words[position] : nil
  }

  /// The keys to name: a server that complains of a key's type has found one where it was likely.
  func keys(in error: RedisServerError) -> [RedisArgument] {
    guard keys.isEmpty, error.code == "WRONGTYPE", let likelyKey else { return keys }
    return [likelyKey]
  }
}
