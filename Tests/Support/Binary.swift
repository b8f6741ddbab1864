import CSpawn
import Failures
import Glibc
import Sandbox

/// The built `usher`, run as a user or a cron job runs it.
public enum Binary {
  /// What a run wrote and how it ended.
  public struct Run: Sendable {
    /// The exit status; 128 and the number for a signal, as a shell says it.
    public let status: Int32
    public let output: String
    public let errors: String

    public init(status: Int32, output: String, errors: String) {
      self.status = status
      self.output = output
      self.errors = errors
    }
  }

  /// One exchange of a scripted terminal: wait for this text, then type that, or make the window so wide.
  public struct Exchange: Sendable {
    let prompt: String
    let reply: String
    let columns: UInt16?

    public init(_ prompt: String, _ reply: String) {
      self.prompt = prompt
      self.reply = reply
      columns = nil
    }

    public init(_ prompt: String, resizingTo columns: UInt16) {
      self.prompt = prompt
      self.columns = columns
      reply = ""
    }
  }

  /// Runs it, or another program, with these variables and no others, and without a terminal.
  public static func run(
    program: String? = nil, _ words: [String], environment: [String: String] = [:], stdin: String = "",
    directory: String = "/", within seconds: Int = 120
  ) throws -> Run {
    let input = try Pipe()
    let output = try Pipe()
    let errors = try Pipe()
    var command = ChildCommand(try program ?? path(), words, environment: environment)
    command.directory = directory
    command.isSessionLeader = true
    command.input = .descriptor(input.reading)
    command.output = .descriptor(output.writing)
    command.error = .descriptor(errors.writing)
    let child = try command.spawn()
    input.closeReading()
    output.closeWriting()
    errors.closeWriting()
    let texts = try converse(Array(stdin.utf8), input, [output, errors], child, seconds)
    return Run(status: child.wait().shellStatus, output: texts[0], errors: texts[1])
  }

  /// Runs it in a pseudo-terminal and plays the script; `output` is what the screen got, with line feeds only.
  public static func runInTerminal(
    program: String? = nil, _ words: [String], environment: [String: String] = ["TERM": "xterm"], columns: UInt16 = 100,
    rows: UInt16 = 40,
    script: [Exchange] = [], within seconds: Int = 60
  ) throws -> Run {
    let master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)
    var name = [CChar](repeating: 0, count: 128)
    guard master >= 0, grantpt(master) == 0, unlockpt(master) == 0, ptsname_r(master, &name, name.count) == 0 else {
      throw Failure(.failed, "cannot open a pseudo-terminal")
    }
    defer { close(master) }
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    var command = ChildCommand(try program ?? path(), words, environment: environment)
    command.isSessionLeader = true
    command.input = .terminal(String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    command.output = .same(as: 0)
    command.error = .same(as: 0)
    let child = try command.spawn()
    var screen: [UInt8] = []
    var answered = 0
    var rest = script[...]
    try readAll([master], child, seconds) { _, bytes in
      screen += bytes
      while let next = rest.first, let place = screen[answered...].firstRange(of: next.prompt.utf8) {
        answered = place.upperBound
        rest = rest.dropFirst()
        if let columns = next.columns {
          size.ws_col = columns
          _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        }
        _ = next.reply.withCString { write(master, $0, strlen($0)) }
      }
    }
    let text = String(decoding: screen.filter { $0 != 13 }, as: UTF8.self)
    let status = child.wait().shellStatus
    guard rest.isEmpty else {
      throw Failure(.failed, "usher never asked '\(rest.first?.prompt ?? "")'", causes: ["the screen: \(text)"])
    }
    return Run(status: status, output: text, errors: "")
  }

  /// The built program: USHER_BINARY, or the neighbour of the test bundle.
  public static func path() throws -> String {
    if let named = Support.environment("USHER_BINARY") { return named }
    var candidates: [String] = []
    if let own = realpath("/proc/self/exe", nil) {
      candidates.append(String(cString: own))
      free(own)
    }
    candidates += CommandLine.arguments.filter { $0.contains("PackageTests") }
    for candidate in candidates {
      guard let slash = candidate.lastIndex(of: "/") else { continue }
      let neighbour = "\(candidate[..<slash])/usher"
      if access(neighbour, X_OK) == 0 { return neighbour }
    }
    throw Failure(.failed, "found no built usher beside \(candidates)", hints: ["swift build"])
  }
}

extension ChildExit {
  /// The status as a shell says it.
  public var shellStatus: Int32 {
    switch self {
    case .status(let status): status
    case .signal(let signal): 128 + signal
    case .unknown: -1
    }
  }
}
