import Redis
import Testing

@testable import WaitingRoom

@Suite("the form of a member")
struct MemberFormTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var member: String
    var token: String?
    var user: String?
    var testDescription: String { member }
    init(_ member: String, _ token: String?, _ user: String? = nil) {
      self.member = member
      self.token = token
      self.user = user
    }
  }

  private func check(_ form: MemberForm, _ example: Case) {
    let reading = form.reading(Array(example.member.utf8))
    #expect(reading.map { String(decoding: $0.token, as: UTF8.self) } == example.token)
    #expect(reading?.user.map { String(decoding: $0, as: UTF8.self) } == example.user)
  }

  @Test(
    "token:user ends the token at the first colon",
    arguments: [
      Case("abc:42", "abc", "42"), Case("abc:kakao:42", "abc", "kakao:42"), Case("abc:", "abc", ""), Case("abc", nil),
      Case(":42", nil), Case("", nil),
    ])
  func tokenAndUser(example: Case) { check(.tokenAndUser, example) }

  static let document = MemberForm.document(token: ["data", "token"], user: ["user"])

  @Test(
    "a document is read as the server's cjson reads it",
    arguments: [
      Case(#"{"user":"kim","data":{"token":"t1"}}"#, "t1", "kim"),
      Case(#" { "data" : { "x" : [1, {"token": 2}], "token" : "t1" } } "#, "t1"),
      Case(#"{"data":{"token":42},"user":7}"#, "42", "7"), Case(#"{"data":{"token":"a\"b\\\u00e9\n"}}"#, "a\"b\\é\n"),
      Case(#"{"data":{"token":"\ud83c\udfab"}}"#, "🎫"), Case(#"{"data":{"token":"a"},"data":{"token":"b"}}"#, "b"),
      Case(#"{"data":{"token":"a"},"data":{}}"#, nil), Case(#"{"data":{"token":true}}"#, nil),
      Case(#"{"data":{"token":1.5}}"#, nil), Case(#"{"data":"token"}"#, nil), Case(#"{"token":"t1"}"#, nil),
      Case(#"{"data":{"token":"t1"}"#, nil), Case(#"{"data":{"token":"t1"}} x"#, nil), Case("token", nil),
      Case(#"{"data":{"token":"\ud83c"}}"#, nil), Case(#"{"data":[{"token":"t1"}]}"#, nil), Case("", nil),
      Case(String(repeating: "[", count: 100_000), nil),
    ])
  func documents(example: Case) { check(Self.document, example) }

  @Test(
    "usher and its scripts give a member the same name",
    arguments: [
      (MemberForm.tokenAndUser, ["abc:42", "abc:kakao:42", "abc", ":42"]),
      (
        document,
        [
          #"{"user":"kim","data":{"token":"t1"}}"#, #"{"data":{"token":42}}"#, #"{"data":{"token":"a\"b\\\u00e9\n"}}"#,
          #"{"data":{"token":"a"},"data":{"token":"b"}}"#, #"{"data":{"token":true}}"#, #"{"data":"token"}"#, "token",
          #"{"data":{"token":1.5}}"#, #"{"data":{"token":9007199254740991}}"#,
          #"{"data":{"token":9007199254740993}}"#, #"{"data":{"token":-7}}"#, #"{"data":{"token":1e3}}"#,
        ]
      ),
    ])
  func agreement(form: MemberForm, members: [String]) throws {
    let server = try QueueFixture()
    let script = RedisScript(name: "name", source: MemberForm.library(form) + "\nreturn name_of(ARGV[1])")
    for member in members {
      let name = try server.redis.evaluate(script, keys: [], arguments: [RedisArgument(member)]).bytes
      #expect(name == form.reading(Array(member.utf8))?.token ?? Array(member.utf8), "\(member)")
    }
  }

  @Test("a path may hold any characters: in a script it is bytes and nothing else")
  func paths() throws {
    let server = try QueueFixture()
    let path = ["a'] = 1; redis.call('FLUSHALL') --", "\\", "]]", "토큰"]
    let form = MemberForm.document(token: path, user: nil)
    let script = RedisScript(name: "name", source: MemberForm.library(form) + "\nreturn name_of(ARGV[1])")
    try server.redis.command("SET", "k", "v")
    let member = #"{"a'] = 1; redis.call('FLUSHALL') --":{"\\":{"]]":{"토큰":"t"}}}}"#
    #expect(try server.redis.evaluate(script, keys: [], arguments: [RedisArgument(member)]).string == "t")
    #expect(form.reading(Array(member.utf8))?.token == [UInt8(ascii: "t")])
    #expect(try server.redis.command("EXISTS", "k") == .integer(1))
  }
}

@Suite("a key's template")
struct KeyTemplateTests {
  @Test(
    "finds what stands for the concert",
    arguments: [
      ("users:queue:{concert}:wait", "users:queue:42:wait", "42"),
      ("users:queue:{concert}:wait", "users:queue:a:wait:b:wait", "a:wait:b"),
      ("users:queue:{concert}:wait", "users:queue::wait", nil),
      ("users:queue:{concert}:wait", "users:queue:42:proceed", nil),
      ("q:{concert}", "q:서울", "서울"), ("q:{concert}", "q:", nil), ("{concert}:active:{token}", "42:active:t1", "42"),
      ("a:{concert}:{token}", "a:42:t:1", "42"), ("*[{concert}]?", "*[7]?", "7"), ("plain", "plain", nil),
    ] as [(String, String, String?)])
  func matches(template: String, key: String, concert: String?) {
    let found = KeyTemplate(template).concert(in: Array(key.utf8))
    #expect(found.map { String(decoding: $0, as: UTF8.self) } == concert)
  }

  @Test("finds all concerts by a walk, those with people on one side only too, numbers in their order")
  func walk() throws {
    let queue = try QueueFixture()
    for concert in ["10", "9", "서울", "*"] { try queue.redis.command("ZADD", "q:\(concert):wait", "1", "t") }
    try queue.redis.command("ZADD", "q:11:proceed", "1", "t")
    try queue.redis.command("SET", "q:12:other", "1")
    try queue.redis.command("ZADD", RedisArgument(Array("q:".utf8) + [255] + Array(":wait".utf8)), "1", "t")
    for number in 0..<3000 { try queue.redis.append(["SET", "k\(number)", "v"]) }
    let templates = [KeyTemplate("q:{concert}:wait"), KeyTemplate("q:{concert}:proceed")]
    #expect(try KeyTemplate.concerts(of: templates, on: queue.redis) == ["*", "9", "10", "11", "서울"])
    #expect(try KeyTemplate.concerts(of: templates, on: queue.redis, pages: 0) == [])
  }
}
