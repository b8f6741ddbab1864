import Arguments

/// `usher completion SHELL`: prints the script that completes usher's command lines.
enum Completion: Command {
  static let shell = Operand("SHELL", .choice(of: Shell.self), help: "The shell that the script is for")

  static let specification = CommandSpecification(
    "completion", summary: "Print the script that completes usher's commands",
    discussion: """
      `make install` installs the scripts too. Otherwise load the script from the shell's start file, or store it where the shell \
      looks for completions. It needs bash 4.4, zsh 5 or fish 3, and no other package.

      The script asks `usher` itself for the answer. Names of queues, tables and operations come from the stores within 300 ms \
      (`USHER_COMPLETE_TIMEOUT`), and never from a protected context, unless the config file allows it with `completion: true`.
      """,
    effect: .reads,
    examples: [
      Example("source <(usher completion bash)", "For bash, in ~/.bashrc"),
      Example("usher completion zsh > ~/.zfunc/_usher", "For zsh, in a directory of its fpath"),
      Example("usher completion fish > ~/.config/fish/completions/usher.fish", "For fish"),
    ],
    operands: [shell])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    try session.output.write(completionScript(for: values[shell], root: Catalog.root))
  }
}
