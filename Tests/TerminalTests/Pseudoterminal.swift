import CSpawn
import Glibc

/// A terminal without a screen: the test holds the end of the person, the code under test opens `path`.
final class Pseudoterminal {
  private(set) var person: Int32
  let program: Int32
  let path: String

  init(columns: UInt16 = 80) {
    person = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)
    grantpt(person)
    unlockpt(person)
    var name = [CChar](repeating: 0, count: 128)
    ptsname_r(person, &name, name.count)
    path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    program = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    resize(columns: columns)
  }

  deinit {
    hangUp()
    close(program)
  }

  func resize(columns: UInt16, rows: UInt16 = 24) {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(person, UInt(TIOCSWINSZ), &size)
  }

  /// Takes the person away. The program's end stays open, so that no other test gets the same path meanwhile.
  func hangUp() {
    if person >= 0 { close(person) }
    person = -1
  }

  /// Types text, as if on the keyboard.
  func type(_ text: String) { _ = write(person, text, text.utf8.count) }

  /// What is on the screen by now: all that was written, and the echo of what was typed.
  var screen: String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    var ready = pollfd(fd: person, events: Int16(POLLIN), revents: 0)
    while poll(&ready, 1, 0) > 0 {
      let count = read(person, &chunk, chunk.count)
      if count <= 0 { break }
      bytes += chunk.prefix(count)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
