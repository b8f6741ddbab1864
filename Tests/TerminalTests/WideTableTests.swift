import Testing
import Text

@testable import Terminal

/// Tables in scripts whose characters are wide, joined, marked or written from right to left.
@Suite("Tables in other scripts")
struct WideTableTests {
  struct Show: Sendable {
    var name: String
    var waiting: Int
    var place: String
    var note: String
  }

  static let shows = [
    Show(name: "아이유 콘서트", waiting: 18_204, place: "서울 잠실 종합운동장 주경기장 3층 12구역", note: "대기열이 길어서 천천히 들여보냅니다"),
    Show(
      name: "\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF} decomposed", waiting: 7,
      place: "e\u{301}te\u{301} a\u{300} l'Ope\u{301}ra", note: "des accents combine\u{301}s, nombreux et sans largeur"),
    Show(
      name: "👨‍👩‍👧‍👦 family 🇰🇷🇯🇵", waiting: 250, place: "👍🏽👍🏽👍🏽👍🏽👍🏽👍🏽👍🏽👍🏽👍🏽👍🏽",
      note: "❤️ 1️⃣ 🏴󠁧󠁢󠁳󠁣󠁴󠁿 ⌚ ☎️ and text ☎ beside it, as long as it goes on"),
    Show(
      name: "הופעה בתל אביב", waiting: 1_000_000, place: "היכל התרבות, אולם גדול, שורה ראשונה",
      note: "התור ארוך מאוד ולכן נכנסים לאט"),
    Show(name: "حفلة", waiting: 42, place: "قَاعَةُ الطَّرَبِ الكَبِيرَةُ في وَسَطِ المَدِينَة", note: "طابور"),
    Show(name: "コンサート", waiting: 3, place: "東京ドーム一塁側内野指定席三十二列", note: "待っている人をすべて入れる。"),
  ]

  static let fields: [Field<Show>] = [
    Field("name", heading: "NAME") { .text($0.name) },
    Field<Show>("waiting", heading: "WAITING", alignment: .trailing) { .integer($0.waiting) },
    Field("place", heading: "PLACE") { .text($0.place) }, Field("note", heading: "NOTE") { .text($0.note) },
  ]

  private static func lines(width: Int?) throws -> [String] {
    try Capture.of(terminalWidth: width) { try $0.render(shows, fields, format: .table) }.split(separator: "\n").map(
      String.init)
  }

  /// The column in which a heading begins.
  private static func column(of heading: String, in line: String) throws -> Int {
    let start = try #require(line.firstRange(of: heading)).lowerBound
    return String(line[..<start]).displayWidth
  }

  /// What stands from a column on, if a character begins there.
  private static func text(_ line: String, from column: Int) -> Substring? {
    var columns = 0
    let rest = line.drop { character in
      guard columns < column else { return false }
      columns += character.displayWidth
      return true
    }
    return columns == column ? rest : nil
  }

  @Test("no line is wider than the terminal, and every cell stands under its heading", arguments: [40, 60, 80, 100])
  func table(width: Int) throws {
    let lines = try Self.lines(width: width)
    #expect(lines.count == Self.shows.count + 1)
    let place = try Self.column(of: "PLACE", in: lines[0])
    let note = try Self.column(of: "NOTE", in: lines[0])
    for (line, show) in zip(lines.dropFirst(), Self.shows) {
      #expect(line.displayWidth <= width, "\(line)")
      #expect(Self.text(line, from: place)?.hasPrefix(show.place.prefix(2)) ?? false, "\(line)")
      #expect(Self.text(line, from: note)?.hasPrefix(show.note.prefix(2)) ?? false, "\(line)")
    }
  }

  @Test("a cut cell is the beginning of its text and …, without half a character", arguments: [40, 60, 80, 100])
  func cuts(width: Int) throws {
    for (line, show) in zip(try Self.lines(width: width).dropFirst(), Self.shows) {
      for cell in line.split(separator: "  ").map({ $0.drop { $0 == " " } }) where cell.last == "…" {
        let start = String(cell.dropLast())
        #expect([show.name, show.place, show.note].contains { $0.hasPrefix(start) }, "\(cell)")
        #expect([show.name, show.place, show.note].contains { $0.count > start.count })
      }
    }
  }

  @Test("on a pipe nothing is cut, and the columns stand all the same")
  func pipe() throws {
    let lines = try Self.lines(width: nil)
    let note = try Self.column(of: "NOTE", in: lines[0])
    for (line, show) in zip(lines.dropFirst(), Self.shows) {
      #expect(line.hasSuffix(show.note))
      #expect(line.displayWidth == note + show.note.displayWidth, "\(line)")
    }
  }

  @Test("a record by itself is wrapped under its own column", arguments: [40, 60, 80, 100])
  func record(width: Int) throws {
    for show in Self.shows {
      let text = try Capture.of(terminalWidth: width) { try $0.renderObject(show, Self.fields, format: .table) }
      for line in text.split(separator: "\n") {
        #expect(String(line).displayWidth <= width, "\(line)")
        #expect(line.prefix(9).allSatisfy { $0.isASCII }, "\(line)")
      }
      #expect(text.filter { $0 != " " && $0 != "\n" }.contains(show.place.filter { $0 != " " }))
    }
  }
}
