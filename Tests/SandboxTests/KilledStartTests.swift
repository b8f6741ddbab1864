import Glibc
import Support
import Testing

@testable import Sandbox

@Suite("a killed start", .serialized)
struct KilledStartTests {
  /// From before the first server to while the sale is being made.
  @Test("leaves no process and no guard behind, and the next start works", arguments: [30, 150, 600, 1_500])
  func killed(milliseconds: UInt32) throws {
    let scratch = Scratch()
    let command = ChildCommand(
      try Binary.path(), ["sandbox", "start", "--directory", scratch.path], environment: ["PATH": "/usr/bin:/bin"])
    let start = try command.spawn()
    usleep(milliseconds * 1_000)
    kill(start.pid, SIGKILL)
    start.wait()
    #expect(eventually { ProcessTable.pids(marked: scratch.path).isEmpty && !isGuarded(scratch.path) })

    let sandbox = scratch.sandbox()
    try sandbox.start(seeding: nil)
    #expect(sandbox.status().map(\.state) == [.running, .running])
  }

  @Test("by Ctrl-C ends by itself with status 130 and leaves no process")
  func interrupted() throws {
    let scratch = Scratch()
    let command = ChildCommand(
      try Binary.path(), ["sandbox", "start", "--directory", scratch.path], environment: ["PATH": "/usr/bin:/bin"])
    let start = try command.spawn()
    #expect(eventually { !ProcessTable.pids(marked: scratch.path).isEmpty })
    kill(start.pid, SIGINT)
    #expect(start.wait() == .status(130))
    #expect(ProcessTable.pids(marked: scratch.path).isEmpty)
  }

  /// Whether a guard still watches this directory's servers.
  private func isGuarded(_ directory: String) -> Bool {
    entries(of: "/proc").contains { name in
      guard pid_t(name) != nil, let line = try? readFile("/proc/\(name)/cmdline") else { return false }
      let text = String(decoding: line, as: UTF8.self)
      return text.contains("usher-guard") && text.contains("\(directory)\0")
    }
  }
}
