import CSpawn
import Failures
import Glibc
import Sandbox

/// A pipe of which both ends are closed at the latest with the last reference.
final class Pipe {
  private(set) var reading: Int32
  private(set) var writing: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { throw Failure(.failed, "cannot make a pipe") }
    (reading, writing) = (ends[0], ends[1])
  }

  func closeReading() {
    if reading >= 0 { close(reading) }
    reading = -1
  }

  func closeWriting() {
    if writing >= 0 { close(writing) }
    writing = -1
  }

  deinit {
    closeReading()
    closeWriting()
  }
}

/// Feeds a child its input while reading all that it writes, so that neither waits for the other for ever.
func converse(_ words: [UInt8], _ input: Pipe, _ outputs: [Pipe], _ child: ChildProcess, _ seconds: Int) throws
  -> [String]
{
  var rest = words[...]
  if rest.isEmpty { input.closeWriting() } else { _ = fcntl(input.writing, F_SETFL, O_NONBLOCK) }
  signal(SIGPIPE, SIG_IGN)
  var texts = outputs.map { _ in [UInt8]() }
  try readAll(outputs.map(\.reading), child, seconds) { index, bytes in
    texts[index] += bytes
  } meanwhile: {
    guard input.writing >= 0 else { return }
    let count = rest.withUnsafeBytes { write(input.writing, $0.baseAddress, $0.count) }
    if count > 0 { rest = rest.dropFirst(count) }
    if rest.isEmpty || (count < 0 && errno != EAGAIN) { input.closeWriting() }
  }
  return texts.map { String(decoding: $0, as: UTF8.self) }
}

/// Reads descriptors until all of them end; a child that takes too long is killed, and that is an error.
func readAll(
  _ descriptors: [Int32], _ child: ChildProcess, _ seconds: Int, _ body: (Int, ArraySlice<UInt8>) -> Void,
  meanwhile: () -> Void = {}
) throws {
  var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
  var buffer = [UInt8](repeating: 0, count: 65_536)
  var silent = 0
  while polled.contains(where: { $0.fd >= 0 }) {
    meanwhile()
    let ready = poll(&polled, UInt(polled.count), 20)
    if ready == 0 {
      silent += 1
      guard silent < seconds * 50 else {
        kill(child.pid, SIGKILL)
        child.wait()
        throw Failure(.failed, "usher was silent for \(seconds)s and has been killed")
      }
      continue
    }
    silent = 0
    for index in polled.indices where polled[index].revents != 0 {
      // A terminal whose last user is gone reads as EIO.
      let count = read(polled[index].fd, &buffer, buffer.count)
      if count > 0 {
        body(index, buffer[..<count])
      } else if count == 0 || errno != EINTR {
        polled[index].fd = -1
      }
    }
  }
}
