import Postgres
import Testing

@Suite("Where libpq would connect to")
struct DestinationTests {
  private func lines(_ conninfo: String) throws -> [String] {
    let found = try PostgresDestination(of: PostgresTarget(conninfo))
    return [found.host, found.port, found.database, found.user].map { value in
      switch value.source {
      case .given: "\(value.text) given"
      case .variable(let name): "\(value.text) \(name)"
      case .service(let name): "\(value.text) service \(name)"
      case .defaulted: "\(value.text) default"
      }
    }
  }

  @Test(
    "is what the connection string says, in whichever form",
    arguments: [
      "host=db-1 port=6000 dbname=tickets user=kim", "postgresql://kim:secret@db-1:6000/tickets?sslmode=require",
    ])
  func given(conninfo: String) throws {
    #expect(try lines(conninfo) == ["db-1 given", "6000 given", "tickets given", "kim given"])
  }

  @Test("has libpq's own defaults for what nobody says: the socket, the port, and the user's name as database")
  func defaults() throws {
    let found = try lines("user=kim")
    #expect(found[0].hasPrefix("/") && found[0].hasSuffix(" default"))
    #expect(found.dropFirst() == ["5432 default", "kim default", "kim given"])
    #expect(try lines("tickets")[2] == "tickets given")
  }

  @Test("keeps several hosts and their ports together, and takes an address for a name")
  func several() throws {
    #expect(try lines("host=a,b port=1,2 user=u").prefix(2) == ["a,b given", "1,2 given"])
    #expect(try lines("hostaddr=127.0.0.1 user=u")[0] == "127.0.0.1 given")
    let both = try PostgresDestination(of: PostgresTarget("host=db-1 hostaddr=127.0.0.1 user=u"))
    #expect((both.host.text, both.address?.text) == ("db-1", "127.0.0.1"))
    #expect(try PostgresDestination(of: PostgresTarget("host=db-1 user=u")).address == nil)
  }

  @Test("is found without connecting: a name that does not resolve takes no time and is no error")
  func connectsNowhere() throws {
    #expect(try lines("host=nowhere.invalid user=u connect_timeout=600")[0] == "nowhere.invalid given")
  }

  @Test(
    "cannot be told of a string that is none, or of a service that is not described, and nothing of the string is repeated"
  )
  func unreadable() throws {
    for conninfo in ["host=db 'secret", "service=secret", "nonsense=secret"] {
      let error = try #require(throws: PostgresError.self) { try PostgresDestination(of: PostgresTarget(conninfo)) }
      #expect(error.failure.kind == .configuration)
      #expect(!"\(error.failure)".contains("secret"), "\(error.failure)")
    }
  }
}
