import Testing
import Text

@testable import Arguments

@Suite("Addresses and other texts: rule 18")
struct TextsTests {
  @Test(
    "rule 18: a host and a port, an IPv6 address in brackets",
    arguments: [
      ("cache-1:6379", "cache-1", 6379),
      ("[::1]:5432", "::1", 5432),
      ("10.0.0.1:1", "10.0.0.1", 1),
      ("대기열.kr:80", "대기열.kr", 80),
      ("h:65535", "h", 65535),
      ("h:0080", "h", 80),
    ])
  func hosts(word: String, host: String, port: Int) {
    #expect(ValueKind.hostPort.reads(word) == HostPort(host: host, port: port))
  }

  @Test(
    "rule 18: a host and a port that are none are told what is wrong",
    arguments: [
      ("cache-1", "the port is required: cache-1:6379"),
      ("cache-1:0", "ports go from 1 to 65535"),
      ("cache-1:65536", "ports go from 1 to 65535"),
      ("cache-1:99999999999999999999", "ports go from 1 to 65535"),
      ("cache-1:http", nil),
      ("::1:5432", "an IPv6 address stands in brackets: [::1]:5432"),
      ("::1", "an IPv6 address stands in brackets: [::1]:6379"),
      ("::", "an IPv6 address stands in brackets: [::]:6379"),
      ("fe80::1%eth0:80", "an IPv6 address stands in brackets: [fe80::1%eth0]:80"),
      ("2001:db8:0:0:0:0:0:1", "an IPv6 address stands in brackets: [2001:db8:0:0:0:0:0:1]:6379"),
      ("2001:db8:0:0:0:0:0:1:80", "an IPv6 address stands in brackets: [2001:db8:0:0:0:0:0:1]:80"),
      ("::ffff:10.0.0.1:80", "an IPv6 address stands in brackets: [::ffff:10.0.0.1]:80"),
      ("a:b:c", nil),
      ("1::2::3", nil),
      (":::1", "an IPv6 address stands in brackets: [::]:1"),
      ("::::1", nil),
      ("1:2:3:4:5:6:7:8:9:10", nil),
      ("cache:6379:0", nil),
      ("12345::1", nil),
      ("redis://cache-1:6379", "without the scheme"),
      (":6379", nil),
      ("[cache]:1", nil),
      ("a b:1", nil),
      ("[]:1", nil),
      ("user@h:1", nil),
      ("h/x:1", nil),
      ("h:", nil),
      ("h:-1", "ports go from 1 to 65535"),
      ("", nil),
    ] as [(String, String?)])
  func hostHints(word: String, hint: String?) throws { #expect(try ValueKind.hostPort.hint(for: word) == hint) }

  @Test(
    "rule 18: URLs have a scheme and more, and no blanks",
    arguments: [
      ("redis://cache-1:6379/0", true),
      ("redis+unix:///run/r.sock", true),
      ("HTTP://x", true),
      ("a://ü?q=%20", true),
      ("http://", false),
      ("cache-1:6379", false),
      ("://x", false),
      ("", false),
      ("1x://y", false),
      ("대기://x", false),
      ("http://a b", false),
      ("http://a\tb", false),
      ("http://a\u{7F}b", false),
      ("http:/x", false),
    ])
  func urls(word: String, isAllowed: Bool) { #expect((ValueKind.url.reads(word) != nil) == isAllowed) }

  @Test(
    "rule 18: a URL that is none is told what is wrong",
    arguments: [
      ("cache-1:6379", "the scheme is required: redis://cache-1:6379"),
      ("http://a b", "a blank is written %20"),
      ("cache\t1", nil),
      ("://x", nil),
      ("", nil),
    ] as [(String, String?)])
  func urlHints(word: String, hint: String?) throws { #expect(try ValueKind.url.hint(for: word) == hint) }

  @Test(
    "rule 18: UUIDs are given back in lower case",
    arguments: [
      ("0190A3F4-5B6C-7D8E-9FA0-B1C2D3E4F506", "0190a3f4-5b6c-7d8e-9fa0-b1c2d3e4f506"),
      ("00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"),
      ("0190a3f45b6c7d8e9fa0b1c2d3e4f506", nil),
      ("0190a3f4-5b6c-7d8e-9fa0-b1c2d3e4f50g", nil),
      ("0190a3f4-5b6c-7d8e-9fa0-b1c2d3e4f50", nil),
      ("0190a3f4-5b6c-7d8e-9fa0-b1c2d3e4f506-", nil),
      ("", nil),
    ] as [(String, String?)])
  func uuids(word: String, expected: String?) { #expect(ValueKind.uuid.reads(word) == expected) }

  @Test(
    "rule 18: a UUID in another form is told its own",
    arguments: [
      ("0190a3f45b6c7d8e9fa0b1c2d3e4f506", "write 0190a3f4-5b6c-7d8e-9fa0-b1c2d3e4f506"),
      ("{0190A3F4-5B6C-7D8E-9FA0-B1C2D3E4F506}", "write 0190a3f4-5b6c-7d8e-9fa0-b1c2d3e4f506"),
      ("urn:uuid:0190a3f4-5b6c-7d8e-9fa0-b1c2d3e4f506", "write 0190a3f4-5b6c-7d8e-9fa0-b1c2d3e4f506"),
      ("0190a3f4", nil),
      ("", nil),
      ("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", nil),
    ] as [(String, String?)])
  func uuidHints(word: String, hint: String?) throws { #expect(try ValueKind.uuid.hint(for: word) == hint) }

  @Test("rule 18: texts, patterns and paths: only text may be empty")
  func texts() {
    #expect(ValueKind.text.reads("") == "")
    for kind in [ValueKind.glob, .path, .directory] {
      #expect(kind.reads("") == nil)
      #expect(kind.reads("a b*") == "a b*")
    }
  }

  private enum Colour: String, CaseIterable, Sendable { case auto, always, never }

  @Test("an enumeration's raw values are choices")
  func enumerations() {
    let kind = ValueKind.choice(of: Colour.self)
    #expect(kind.form.choices == ["auto", "always", "never"])
    #expect(kind.form.expected == "one of auto, always, never")
    #expect(kind.reads("never") == .never)
    #expect(kind.reads("NEVER") == nil)
    #expect(kind.print(.always) == "always")
  }

  @Test("each kind says in its own words what was wanted, with an example that it accepts and a placeholder")
  func words() {
    func forms<Value>(_ kinds: ValueKind<Value>...) -> [(ValueForm, Bool)] {
      kinds.map { ($0.form, $0.reads($0.form.example) != nil) }
    }
    let all =
      forms(.integer, .port) + forms(.number, .percent) + forms(.duration) + forms(.byteCount) + forms(.rate)
      + forms(.instant) + forms(.hostPort) + forms(.offset)
      + forms(.text, .url, .uuid, .path, .directory, .choice(["one", "two"]))
    for (form, isAccepted) in all {
      #expect(isAccepted, "\(form.example) is no \(form.name)")
      #expect(form.placeholder == form.placeholder.uppercased(), "\(form.placeholder)")
    }
    for keyPath in [\ValueForm.name, \.expected] { #expect(Set(all.map { $0.0[keyPath: keyPath] }).count == all.count) }
    // The example of a pattern is quoted, as it has to be typed.
    #expect(ShellWords.first(of: ValueKind.glob.form.example).map { $0.count } == 1)
  }

  @Test("addresses survive print and parse")
  func printing() throws {
    try ValueKind.hostPort.survivesPrinting { random in
      HostPort(
        host: ["::1", "cache-1", "fe80::1", "10.0.0.1"].randomElement(using: &random) ?? "",
        port: Int.random(in: 1...65535, using: &random))
    }
    try ValueKind.uuid.survivesPrinting { random in
      let digits = (0..<32).map { _ in "0123456789abcdef".randomElement(using: &random) ?? "0" }
      return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
    try ValueKind.text.survivesPrinting(["", "-", "a=b", "대기열", "\u{7}"])
  }
}
