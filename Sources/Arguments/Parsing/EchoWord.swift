import Text

/// A word of an echoed command line, divided into cells.
struct EchoWord {
  /// With the blank after it, which carries the mark of an empty place at the word's end.
  private(set) var cells: [EchoCell] = []

  /// The program's name.
  init(_ text: String) { cells = text.map { EchoCell(String($0)) } }

  /// - Parameters:
  ///   - marks: bytes of the word.
  ///   - secret: from which byte on it is hidden.
  ///   - limit: columns that are seen at most; what is further away from a mark is left out.
  init(_ bytes: [UInt8], marks: [Range<Int>], secret: Int?, limit: Int) {
    let end = secret ?? bytes.count
    let range = EchoWord.seen(of: bytes, end, marks.first, limit)
    var places: [Range<Int>] = []
    if range.lowerBound > 0 { add(.ellipsis, &places, range.lowerBound..<range.lowerBound) }
    addText(Array(bytes[range]), from: range.lowerBound, isWhole: range == 0..<bytes.count, &places)
    if range.upperBound < end { add(.ellipsis, &places, range.upperBound..<range.upperBound) }
    if secret != nil { for _ in 0..<3 { add(EchoCell("."), &places, end..<bytes.count) } }
    add(.blank, &places, bytes.count..<bytes.count)
    for mark in marks { apply(mark, of: bytes.count, places) }
  }

  /// All that is marked; of a mark on the whole word the quotes as well; of an empty one the next place.
  private mutating func apply(_ mark: Range<Int>, of count: Int, _ places: [Range<Int>]) {
    if mark.isEmpty {
      if let index = places.firstIndex(where: { $0.lowerBound >= mark.lowerBound }) { cells[index].isMarked = true }
      return
    }
    for index in places.indices.dropLast() {
      let isQuote = places[index].isEmpty && mark == 0..<count
      if isQuote || places[index].overlaps(mark) { cells[index].isMarked = true }
    }
  }

  private mutating func add(_ cell: EchoCell, _ places: inout [Range<Int>], _ place: Range<Int>) {
    cells.append(cell)
    places.append(place)
  }

  private mutating func addText(_ bytes: [UInt8], from start: Int, isWhole: Bool, _ places: inout [Range<Int>]) {
    let text = Word.text(bytes)
    if bytes.isEmpty, !isWhole { return }
    if let text, ShellWords.isBare(text) || (!isWhole && !text.unicodeScalars.contains(where: \.isTerminalControl)) {
      return addCharacters(of: text, from: start, &places) { String($0) }
    }
    let isPlain = text.map { !$0.unicodeScalars.contains(where: \.isTerminalControl) } ?? false
    for quote in isPlain ? ["'"] : ["$", "'"] { add(EchoCell(quote), &places, start..<start) }
    if let text, isPlain {
      addCharacters(of: text, from: start, &places) { character in
        character.unicodeScalars.map { $0 == "'" ? #"'\''"# : String($0) }.joined()
      }
    } else {
      addEscaped(bytes, from: start, &places)
    }
    add(EchoCell("'"), &places, (start + bytes.count)..<(start + bytes.count))
  }

  private mutating func addCharacters(
    of text: String, from start: Int, _ places: inout [Range<Int>], shown: (Character) -> String
  ) {
    var offset = start
    for character in text {
      let count = character.utf8.count
      add(EchoCell(shown(character)), &places, offset..<(offset + count))
      offset += count
    }
  }

  /// Characters, with control characters as escapes and invalid bytes as `\xff`.
  private mutating func addEscaped(_ bytes: [UInt8], from start: Int, _ places: inout [Range<Int>]) {
    var offset = 0
    while offset < bytes.count {
      let valid = bytes[offset...].prefix(Word.firstInvalid(in: bytes[offset...]))
      for character in String(decoding: valid, as: UTF8.self) {
        let isControl = character.unicodeScalars.contains(where: \.isTerminalControl)
        let parts = character.unicodeScalars.map(ShellWords.escaped)
        for part in isControl ? parts : [parts.joined()] {
          add(EchoCell(part), &places, (start + offset)..<(start + offset + character.utf8.count))
        }
        offset += character.utf8.count
      }
      guard offset < bytes.count else { return }
      let escape = #"\x"# + bytes[offset].hexadecimal(digits: 2)
      add(EchoCell(escape), &places, (start + offset)..<(start + offset + 1))
      offset += 1
    }
  }

  /// The bytes that can be seen at all: a character has at most 32 of them, or is cut.
  private static func seen(of bytes: [UInt8], _ end: Int, _ mark: Range<Int>?, _ limit: Int) -> Range<Int> {
    let reach = limit * 32
    let middle = min(mark?.lowerBound ?? 0, end)
    var start = max(0, middle - reach)
    var stop = min(end, middle + reach)
    // Not in the middle of a code point.
    while start > 0, start < bytes.count, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    while stop < end, bytes[stop] & 0xC0 == 0x80 { stop += 1 }
    return start..<max(start, stop)
  }
}

/// A piece of text that is shown completely or not at all.
struct EchoCell {
  var text: String
  var columns: Int
  var isMarked = false
  var isBlank = false

  init(_ text: String) {
    self.text = text
    columns = text.displayWidth
  }

  static var blank: EchoCell {
    var cell = EchoCell(" ")
    cell.isBlank = true
    return cell
  }

  static var ellipsis: EchoCell { EchoCell("…") }
}

extension Collection where Element == EchoCell {
  var columns: Int { reduce(0) { $0 + $1.columns } }
}
