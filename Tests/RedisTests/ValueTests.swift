import Failures
import Testing

@testable import Redis

@Suite("a reply's value")
struct ValueTests {
  @Test("is read as what it is, and as what its text says")
  func accessors() throws {
    #expect(try RedisValue.integer(7).integer == 7)
    #expect(try RedisValue.bytes(Array("-12".utf8)).integer == -12)
    #expect(try RedisValue.bytes(Array("1.5".utf8)).double == 1.5)
    #expect(try RedisValue.bytes(Array("-inf".utf8)).double == -.infinity)
    #expect(try RedisValue.integer(3).double == 3)
    #expect(try RedisValue.status("OK").string == "OK")
    #expect(try RedisValue.bytes([0xFF, 65]).string == "\u{FFFD}A")
    #expect(RedisValue.null.optional == nil)
    #expect(RedisValue.integer(0).optional == .integer(0))
    #expect(try RedisValue.array([.integer(1), .null]).array == [.integer(1), .null])
    let pairs = try RedisValue.array([.status("a"), .integer(1), .status("b"), .integer(2)]).pairs
    #expect(pairs.map { "\($0.0) \($0.1)" }.count == 2)
  }

  @Test(
    "that is something else is an error that names it, and not what it holds",
    arguments: [
      RedisValue.null, .bytes(Array("secret".utf8)), .array([.bytes(Array("secret".utf8))]), .bytes([]),
      .bytes(Array("9999999999999999999".utf8)), .status("12 monkeys"),
    ])
  func surprises(value: RedisValue) throws {
    let error = try #require(throws: RedisError.self) { try value.integer }
    #expect(error.failure.message.contains("where an integer was expected"))
    #expect(!error.failure.message.contains("secret"))
    #expect(throws: RedisError.self) { try value.pairs.first?.0.integer ?? RedisValue.null.integer }
  }

  @Test("that is an error of the server is thrown as that error")
  func serverErrors() throws {
    let value = RedisValue.error(RedisServerError("OOM command not allowed"))
    #expect(throws: RedisError(.server(RedisServerError("OOM command not allowed")))) { try value.string }
    #expect(throws: RedisError.self) { try value.bytes }
    #expect(throws: RedisError.self) { try value.array }
    #expect(throws: RedisError.self) { try value.double }
  }

  @Test("an odd array has no pairs")
  func odd() throws {
    #expect(throws: RedisError.self) { try RedisValue.array([.null]).pairs }
  }
}

@Suite("a word of a command")
struct ArgumentTests {
  @Test("is the bytes of what it was made from")
  func bytes() {
    let (name, number) = ("k", 42)
    #expect(("a\(name):\(number)" as RedisArgument).bytes == Array("ak:42".utf8))
    #expect((-3 as RedisArgument).bytes == Array("-3".utf8))
    #expect(RedisArgument(Int64.max).text == "9223372036854775807")
    #expect(RedisArgument([0xFF, 0x00]).bytes == [0xFF, 0x00])
    #expect(RedisArgument([0xFF]).text == "\u{FFFD}")
  }
}

@Suite("a digest")
struct SHA1Tests {
  @Test(
    "is the one of the standard, at every length around a block's end",
    arguments: [
      ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
      ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
      (String(repeating: "a", count: 1_000), "291e9a6c66994949b57ba5e650361e98fc36b1ba"),
    ])
  func vectors(text: String, digest: String) {
    #expect(SHA1.hexadecimal(of: text.utf8) == digest)
  }
}

@Suite("a server's version")
struct VersionTests {
  @Test(
    "is compared by its numbers",
    arguments: [
      ("5.0.14", RedisVersion(5, 0, 14)), ("7.2", RedisVersion(7, 2)), ("6.2.0-rc1", RedisVersion(6, 2)),
      ("", RedisVersion(0)),
    ])
  func parsing(text: String, expected: RedisVersion) {
    #expect(RedisVersion(text) == expected)
  }

  @Test("of two digits is newer than one of one")
  func order() {
    #expect(RedisVersion("6.2.7") < RedisVersion("6.10.0"))
    #expect(RedisVersion("7.0.15").description == "7.0.15")
  }
}
