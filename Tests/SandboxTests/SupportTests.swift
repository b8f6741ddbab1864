import Failures
import Glibc
import Sandbox
import Support
import Testing

@Suite("what tests stand on")
struct SupportTests {
  @Test("a test gets a database of its own with the extensions in it")
  func database() throws {
    let one = try TestDatabase.make()
    let two = try TestDatabase.make()
    #expect(one.name != two.name)
    let (exit, text) = try ChildCommand(
      "/usr/bin/psql", ["-X", "-At", "-d", one.conninfo, "-c", "SELECT extname FROM pg_extension ORDER BY 1"]
    ).capture()
    #expect(exit == .status(0))
    #expect(text == "hypopg\npg_stat_statements\nplpgsql\n")
  }

  @Test("a test gets a Redis of its own, and it is gone with the last reference")
  func redis() throws {
    var socket = ""
    do {
      let redis = try TestRedis.make()
      socket = redis.socket
      let (_, text) = try ChildCommand("/usr/bin/redis-cli", ["-s", socket, "dbsize"]).capture()
      #expect(text == "0\n")
    }
    let (_, text) = try ChildCommand("/usr/bin/redis-cli", ["-s", socket, "ping"]).capture()
    #expect(text.contains("Could not connect"))
  }

  @Test("topics are made on the real broker")
  func broker() throws {
    let broker = try TestBroker.shared()
    #expect(try broker.makeTopic(partitions: 3) != broker.makeTopic())
  }
}
