import Redis
import Text

/// The sale's Redis keys, exactly as such a service writes them.
enum SaleKeys {
  static let waiting: RedisArgument = "waiting_tokens"
  static let active: RedisArgument = "active_tokens"
  /// Spring Cache's name for a method without parameters.
  static let concerts: RedisArgument = "concerts::SimpleKey []"
  static func options(concert: Int) -> RedisArgument { RedisArgument("concertOption::\(concert + 1)") }
  /// The active set lives as a whole, re-armed at each admission.
  static let activeSeconds = 300
}

extension TicketSale {
  /// The commands that fill an empty Redis, a few hundred members each at most.
  func redisCommands() -> [[RedisArgument]] {
    var commands: [[RedisArgument]] = []
    for start in stride(from: 0, to: scale.waitingTokens, by: 500) {
      var words: [RedisArgument] = ["ZADD", SaleKeys.waiting]
      for index in start..<min(start + 500, scale.waitingTokens) {
        let person = token("waiting", index)
        words += [RedisArgument(now - person.draw % scale.arrivalMilliseconds), RedisArgument(person.token)]
      }
      commands.append(words)
    }
    for start in stride(from: 0, to: scale.activeTokens, by: 500) {
      let end = min(start + 500, scale.activeTokens)
      commands.append(["SADD", SaleKeys.active] + (start..<end).map { RedisArgument(token("active", $0).token) })
    }
    if scale.activeTokens > 0 {
      commands.append(["EXPIRE", SaleKeys.active, RedisArgument(SaleKeys.activeSeconds)])
    }
    commands.append(["SET", SaleKeys.concerts, RedisArgument(concertsJSON())])
    for concert in 0..<scale.concerts {
      commands.append(["SET", SaleKeys.options(concert: concert), RedisArgument(optionsJSON(concert))])
    }
    return commands
  }

  /// A token in the form of a version 4 UUID, and one more random number, which is not negative.
  private func token(_ kind: String, _ index: Int) -> (token: String, draw: Int) {
    var random = SeedRandom(seed: seed, stream: kind, row: index)
    let high = random.next() & ~0xf000 | 0x4000
    let low = random.next() & ~(0xc000 << 48) | (0x8000 << 48)
    let digits = Array((high.hexadecimal(digits: 16) + low.hexadecimal(digits: 16)).utf8)
    var bytes: [UInt8] = []
    for (place, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(place) { bytes.append(UInt8(ascii: "-")) }
      bytes.append(digit)
    }
    return (String(decoding: bytes, as: UTF8.self), Int(random.next() >> 1))
  }

  private func concertsJSON() -> String {
    let items = (0..<scale.concerts).map { "{\"id\":\($0 + 1),\"name\":\(JSONWriter.quoted(SaleNames.concert($0)))}" }
    return "[\(items.joined(separator: ","))]"
  }

  private func optionsJSON(_ concert: Int) -> String {
    let first = concert * scale.datesPerConcert
    let items = (first..<first + scale.datesPerConcert).map { option in
      let date = Timestamp.rfc3339(milliseconds: date(option: option))
      return "{\"id\":\(option + 1),\"concertId\":\(concert + 1),\"concertDate\":\"\(date)\"}"
    }
    return "[\(items.joined(separator: ","))]"
  }
}
