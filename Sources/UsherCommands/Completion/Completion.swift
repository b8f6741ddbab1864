import Arguments

/// `usher completion SHELL`: the script that completes usher's command lines.
enum Completion: Command {
  static let shell = Operand("SHELL", .choice(of: Shell.self), help: "The shell that the script is for")

  static let specification = CommandSpecification(
    "completion", summary: "Print the script that completes usher's commands",
    discussion: """
      An installed usher is completed already. Otherwise source the script in the shell's start file, or put it where the shell \
      looks for completions. It needs bash 4.4, zsh 5 or fish 3 and nothing else, and connects to nothing.
      """,
    effect: .reads,
    examples: [
      Example("source <(usher completion bash)", "in ~/.bashrc"),
      Example("usher completion zsh > ~/.zfunc/_usher", "for zsh, in a directory of its fpath"),
      Example("usher completion fish > ~/.config/fish/completions/usher.fish", "for fish"),
    ],
    operands: [shell])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    try session.output.write(completionScript(for: values[shell], root: Catalog.root))
  }
}
