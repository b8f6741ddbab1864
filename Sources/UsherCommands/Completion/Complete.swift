import Arguments
import Failures

/// `usher __complete -- WORD… CURRENT`: what the completion scripts ask when TAB is pressed.
///
/// Prints what may stand at the cursor, in the lines of `LineCompletion`. It never prompts, never writes, prints no error, and ends
/// after 300 ms or the time of USHER_COMPLETE_TIMEOUT.
enum Complete: Command {
  static let words = OperandList(
    "WORD", .text, help: "The words before the cursor, then the word at the cursor up to it, all without quotes")
  static let timeout = DefaultedOption(
    "timeout", .duration, default: .milliseconds(300), help: "Offer no names from the stores after this time",
    environment: "USHER_COMPLETE_TIMEOUT")

  static let specification = CommandSpecification(
    "__complete", summary: "Print what a shell may offer at the cursor", effect: .reads,
    operands: [words], options: [timeout], isHidden: true)

  static func run(_ values: ParsedValues, _ session: Session) throws {
    Deadline.arm(after: values[timeout])
    let words = values[words].map { Array($0.utf8) }
    let completion = Parser(Catalog.root).completion(of: words) { session.environment[$0].map { Array($0.utf8) } }
    for line in completion.lines(naming: names(completion, session)) { try session.output.writeLine(line) }
  }

  /// The names of the source that the value at the cursor has; empty where it has none.
  private static func names(_ completion: LineCompletion, _ session: Session) -> [CompletionCandidate] {
    guard case .dynamic(let name) = completion.source, let source = CompletionSource(rawValue: name) else { return [] }
    let inner = Session(
      values: completion.line.values, commandLine: session.commandLine, environment: session.environment,
      output: session.output, errors: session.errors, actor: session.actor)
    // An error would interrupt somebody who is writing a command. Running that command will report it.
    return (try? candidates(from: source, beginning: completion.typed, inner)) ?? []
  }

  private static func candidates(
    from source: CompletionSource, beginning typed: String, _ session: Session
  ) throws -> [CompletionCandidate] {
    if source == .contexts {
      return try session.configuration().contexts.map {
        CompletionCandidate(word: $0.name, note: $0.isProtected?.value == true ? "protected" : "")
      }
    }
    let context = try session.context()
    guard !source.asksStore || context.answersCompletion else { return [] }
    return try source.candidates(session, beginning: typed)
  }
}
