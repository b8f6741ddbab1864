import Testing
import Text

@Suite("Hexadecimal digits")
struct HexadecimalTests {
  @Test(
    "are padded with zeros, and never cut", arguments: [(0, 1, "0"), (0, 4, "0000"), (255, 2, "ff"), (4096, 2, "1000")])
  func digits(_ number: UInt, _ digits: Int, _ text: String) { #expect(number.hexadecimal(digits: digits) == text) }

  @Test("have a value in either case, and no other byte has one")
  func values() {
    let digits = Array("0123456789abcdef".utf8)
    for byte in UInt8.min...UInt8.max {
      let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
      #expect(byte.hexadecimalValue.map(Int.init) == digits.firstIndex(of: lower))
    }
  }
}
