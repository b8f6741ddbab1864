import Testing

@testable import Redis

@Suite("A key or a token as text")
struct RedisTextTests {
  static let table: [(key: [UInt8], text: String)] = [
    (Array("concerts::SimpleKey []".utf8), "concerts::SimpleKey []"),
    (Array("콘서트::서울".utf8), "콘서트::서울"),
    ([], ""),
    ([0x61, 0xFF, 0x62], "a\\xFFb"),
    ([0xEA, 0xB0], "\\xEA\\xB0"),
    ([0xFF, 0x00, 0x0A, 0x5C], "\\xFF\\x00\\x0A\\x5C"),
  ]

  @Test("is the text itself, or escapes where the bytes are no text", arguments: table)
  func text(_ row: (key: [UInt8], text: String)) {
    #expect(RedisText.plain(row.key) == row.text)
    #expect(RedisText.quoted(row.key) == "\"\(row.text)\"")
  }

  @Test("stands so in an error about a key")
  func inErrors() {
    let error = RedisError(
      .server(RedisServerError("WRONGTYPE Operation")), command: "ZADD", keys: [.init([0x61, 0xFF])])
    #expect(error.failure.message == #"the key "a\xFF" holds another type than ZADD works on"#)
  }
}
