import Redis
import Support
import Testing

@Suite("a queue's preset")
struct QueuePresetTests {
  struct Preset: Sendable, CustomTestStringConvertible {
    var settings: String
    /// Puts one token that is active already where the service would.
    var activate: [RedisArgument]
    /// Gives the time that the first token has after its admission.
    var time: [RedisArgument]
    var testDescription: String { settings }
  }

  static let presets = [
    Preset(
      settings: "preset: set-ttl, waiting: waiting, active: active, active-ttl: 60s",
      activate: ["SADD", "active", "x"], time: ["PTTL", "active"]),
    Preset(
      settings: "preset: zset-expiry, waiting: waiting, active: active, active-ttl: 60s",
      activate: ["ZADD", "active", "9999999999999", "x"], time: ["ZSCORE", "active", "token-0"]),
    Preset(
      settings: "preset: proceed-zset, waiting: waiting, active: active, active-ttl: 60s",
      activate: ["ZADD", "active", "9999999999999", "x"], time: ["ZSCORE", "active", "token-0"]),
    Preset(
      settings: "preset: key-per-token, waiting: waiting, active: 'active:{token}', active-ttl: 60s",
      activate: ["SET", "active:x", "1"], time: ["PTTL", "active:token-0"]),
  ]

  @Test("is read from the config file, admitted to, filled up, and taken back", arguments: presets)
  func works(preset: Preset) throws {
    let program = try QueueProgram(preset.settings)
    try program.redis.command(preset.activate)
    try program.enqueue(9)
    let before = try program.line()
    let status = try program.run("queue", "status", "-o", "csv")
    #expect(status.output.contains("tickets,9,1,"), "\(status.output)\(status.errors)")
    let fill = try program.run("queue", "admit", "--fill-to", "5", "--yes")
    #expect(fill.output.hasPrefix("admitted 4 of 9; undo with: usher undo "), "\(fill.output)\(fill.errors)")
    let time = try program.redis.command(preset.time).integer
    #expect((1...60_000).contains(time) || time > 1_700_000_000_000)
    #expect(try program.run("queue", "status", "-o", "csv").output.contains("tickets,5,5,"))
    #expect(try program.run("undo", "--last", "--yes").status == 0)
    #expect(try program.line() == before)
    #expect(try program.run("queue", "status", "-o", "csv").output.contains("tickets,9,1,"))
  }

  @Test("whose keys hold other types is refused with the key's name", arguments: presets.dropLast())
  func wrongTypes(preset: Preset) throws {
    let program = try QueueProgram(preset.settings)
    try program.redis.command("LPUSH", "active", "x")
    for words in [["queue", "status"], ["queue", "admit", "1", "--yes"]] {
      let run = try Binary.run(words, environment: program.environment)
      #expect(run.status == 65)
      #expect(run.errors.contains("the key 'active' holds a list"), "\(run.errors)")
    }
  }
}
