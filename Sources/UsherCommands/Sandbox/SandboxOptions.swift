import Arguments
import Failures
import Glibc
import Sandbox
import Terminal

/// What the sandbox commands share.
enum SandboxOptions {
  static let directory = Option(
    "directory", .path, placeholder: "DIR",
    help: "Directory of the sandbox; by default usher/sandbox in the state directory", environment: "USHER_SANDBOX")
  static let scale = DefaultedOption(
    "scale", .choice(SeedScale.all.map(\.name)), default: SeedScale.small.name,
    help: "Size of the sale: small has 5,000 seats, large has 540,000")
  static let noSeed = Toggle("no-seed", help: "Create the tables without rows")
  static let randomSeed = DefaultedOption(
    "random-seed", .integer(0...), default: 1, placeholder: "N", help: "The same number creates the same sale")

  /// The sale that the options describe, as of now; nil for none.
  static func sale(_ values: ParsedValues) -> (() -> TicketSale)? {
    if values[noSeed] { return nil }
    let (name, seed) = (values[scale], values[randomSeed])
    return { makeSale(name, seed) }
  }

  static func makeSale(_ name: String, _ seed: Int) -> TicketSale {
    let scale = SeedScale.all.first { $0.name == name } ?? .small
    return TicketSale(scale, seed: UInt64(seed), now: Instant.nowMilliseconds())
  }
}

extension Session {
  /// Asks before a sandbox's contents are lost; refuses where there is no terminal and no `--yes`.
  func confirmSandboxLoss(_ values: ParsedValues, command: String, _ question: String?) throws {
    if values[ChangeOptions.yes] { return }
    let prompt = Prompt(isInterrupted: { Interruption.isRequested })
    guard errors.isTerminal && prompt.isAvailable else {
      throw Failure(.refused, "cannot ask for confirmation of '\(command)' without a terminal", hints: ["add `--yes`"])
    }
    guard let question, !prompt.confirm(question) else { return }
    throw Failure(Interruption.isRequested ? .interrupted : .refused, "nothing was changed")
  }

  /// The sandbox in the directory that the options or the environment name.
  func sandbox(_ values: ParsedValues) -> Sandbox {
    let directory = values[SandboxOptions.directory] ?? Self.sandboxDirectory(environment)
    let path = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    let workingDirectory = getcwd(nil, 0).map { pointer in
      defer { free(pointer) }
      return String(cString: pointer)
    }
    return Sandbox(
      directory: directory, path: path,
      broker: KafkaBroker.find(
        named: environment["USHER_BROKER"], workingDirectory: workingDirectory ?? "/", path: path),
      isInterrupted: { Interruption.isRequested })
  }

  static func sandboxDirectory(_ environment: [String: String]) -> String {
    Sandbox.defaultDirectory(stateHome: environment["XDG_STATE_HOME"], home: environment["HOME"])
  }
}
