import Arguments
import Failures

/// `usher __complete SOURCE [--typed PART] -- WORD…`: what the completion scripts ask when TAB wants a name that only usher knows.
///
/// Prints a candidate a line. It never prompts and never writes, is silent whatever fails, and is gone after 300 ms, or what
/// USHER_COMPLETE_TIMEOUT says.
enum Complete: Command {
  static let source = Operand(
    "SOURCE", .choice(of: CompletionSource.self), help: "Which names are wanted")
  static let line = OperandList(
    "WORD", .text, help: "The words before the cursor, without the program's name, after `--`")

  static let typed = DefaultedOption(
    "typed", .text, default: "", placeholder: "PART",
    help: "What stands of the name already, without the shell's quotes")
  static let timeout = DefaultedOption(
    "timeout", .duration, default: .milliseconds(300), help: "Give up, and offer nothing, after so long",
    environment: "USHER_COMPLETE_TIMEOUT")

  static let specification = CommandSpecification(
    "__complete", summary: "Print the names that a shell may complete", effect: .reads,
    operands: [source, line], options: [typed, timeout], isHidden: true)

  static func run(_ values: ParsedValues, _ session: Session) throws {
    Deadline.arm(after: values[timeout])
    let words = values[line].map { Array($0.utf8) }
    let partial = Parser(Catalog.root).partial(words) { session.environment[$0].map { Array($0.utf8) } }
    let inner = Session(
      values: partial.values, commandLine: session.commandLine, environment: session.environment,
      output: session.output, errors: session.errors, actor: session.actor)
    // Whoever presses TAB is writing a command and must not be interrupted by an error: running the command will tell it.
    guard let candidates = try? candidates(from: try values[source], beginning: values[typed], inner) else { return }
    for line in candidates.compactMap(\.line) { try session.output.writeLine(line) }
  }

  static func candidates(
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
