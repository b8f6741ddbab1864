import Support
import Testing

@Suite("usher history")
struct HistoryCommandTests {
  /// A shop in which both stores were changed, one after the other, by two people.
  private func shop() throws -> Shop {
    let shop = try Shop()
    for (words, user) in [
      (["queue", "admit", "3"], "kim"), (["index", "drop", "seat_spare"], "lee"),
      (["cache", "evict", "concerts"], "kim"),
      (["outbox", "replay", "--limit", "2"], "lee"),
    ] { #expect(try shop.run(words + ["--yes", "--reason", "INC-7"], also: ["USER": user]).status == 0) }
    return shop
  }

  @Test("has the operations of both stores, the newest first")
  func bothStores() throws {
    let rows = try #require(try shop().json(["history"]).list)
    #expect(rows.map { $0["command"]?.text } == ["outbox replay", "cache evict", "index drop", "queue admit"])
    #expect(rows.map { $0["store"]?.text } == ["postgres", "redis", "postgres", "redis"])
    #expect(
      rows.map { $0["target"]?.text } == [
        "outbox public.outbox_event", "cache concerts", "index public.seat_spare", "queue tickets",
      ])
    #expect(rows.map { $0["actor"]?.text?.prefix { $0 != "@" } } == ["lee", "kim", "lee", "kim"])
    #expect(rows.map { $0["changed"]?.number } == [2, 1, 1, 3])
  }

  @Test("is cut to the limit over both stores together")
  func limit() throws {
    let shop = try shop()
    for limit in 1...5 {
      let rows = try #require(try shop.json(["history", "--limit", "\(limit)"]).list)
      #expect(rows.count == min(limit, 4))
      #expect(rows.first?["command"]?.text == "outbox replay")
    }
    for bad in ["0", "-1", "100001", "many"] { #expect(try shop.usher("history", "--limit", bad).status == 64) }
  }

  @Test("shows one operation in full, by its id in either case")
  func one() throws {
    let shop = try shop()
    let id = try #require(try shop.json(["history"]).list?.last?["operation"]?.text)
    let run = try shop.usher("history", id.lowercased())
    let host = try #require(run.output.firstMatch(of: #/kim@(\S+)/#)).1
    try Snapshot.match(run, "history-one", replacing: [String(host): "<host>"])
    let object = try shop.json(["history", id])
    #expect(object["operation"]?.text == id)
    #expect(object["undo"]?.text == "automatic")
    #expect(object["command_line"]?.text == "usher queue admit 3 --yes --reason INC-7")
  }

  @Test("with a store that is away is an error, and without one that nobody configured is not")
  func holes() throws {
    let shop = try shop()
    let away = try shop.run(["history"], also: ["USHER_REDIS": "redis://127.0.0.1:1"])
    #expect(away.status == 69)
    #expect(away.output.isEmpty)
    let config =
      "contexts: { redis: { redis: \"\(shop.server.url)\" }, postgres: { postgres: \"\(shop.database.conninfo)\" } }"
    try shop.write(config + "\n")
    #expect(try shop.json(["history", "--context", "redis"]).list?.count == 2)
    #expect(try shop.json(["history", "--context", "postgres"]).list?.count == 2)
  }

  @Test("keeps the command line as it was typed, fit to be pasted")
  func commandLine() throws {
    let shop = try Shop()
    #expect(try shop.usher("queue", "admit", "1", "--yes", "--reason", "it's \"late\" $(x)").status == 0)
    let line = try #require(try shop.json(["history"]).list?.first?["command_line"]?.text)
    #expect(line == #"usher queue admit 1 --yes --reason 'it'\''s "late" $(x)'"#)
    let pasted = try shop.shell(line.replacing("usher ", with: "\"$USHER\" "))
    #expect(pasted.status == 0)
    #expect(try shop.json(["history", "--limit", "1"]).list?.first?["reason"]?.text == "it's \"late\" $(x)")
  }

  @Test("says of a change that was broken off how far it came")
  func interrupted() throws {
    let shop = try Shop()
    let run = try shop.shell(
      """
      set -m
      "$USHER" queue admit 30 --rate 20/s --yes -o json & pid=$!
      until [ "$(redis-cli -s \(shop.server.socket) scard active_tokens)" -gt 0 ]; do sleep 0.01; done
      kill -INT $pid
      wait $pid
      """)
    #expect(run.status == 130)
    let result = try JSONValue(parsing: run.output)
    let row = try #require(try shop.json(["history"]).list?.first)
    #expect(result["interrupted"] == .boolean(true))
    #expect(row["state"]?.text == "interrupted")
    #expect(row["changed"] == result["changed"])
    #expect(row["planned"]?.number == 30)
    #expect(try shop.json(["undo", "--last", "--yes"])["interrupted"] == .boolean(false))
    #expect(try shop.redis.command("ZCARD", "waiting_tokens") == .integer(30))
  }

  @Test("finds and takes back an operation where the other store is away; the one that has it must answer")
  func otherStoreAway() throws {
    let shop = try shop()
    let (noRedis, noPostgres) = (["USHER_REDIS": "redis://127.0.0.1:1"], ["USHER_POSTGRES": "host=/nowhere user=u"])
    let rows = try #require(try shop.json(["history"]).list)
    let ids = rows.compactMap { $0["operation"]?.text }
    let (replay, admission) = (ids[0], ids[3])
    #expect(try shop.json(["history", replay], also: noRedis)["store"]?.text == "postgres")
    #expect(try shop.json(["history", admission], also: noPostgres)["store"]?.text == "redis")
    #expect(try shop.run(["undo", replay, "--yes"], also: noRedis).status == 0)
    #expect(try shop.run(["undo", admission, "--yes"], also: noPostgres).status == 0)
    let silent = try shop.run(["history", admission], also: noRedis)
    #expect(silent.status == 69)
    #expect(silent.errors.contains("cause: operation '\(admission)' is in no other store\n"), "\(silent.errors)")
    // The newest of all is not known while one store is silent.
    #expect(try shop.run(["undo", "--last", "--yes"], also: noRedis).status == 69)
  }
}
