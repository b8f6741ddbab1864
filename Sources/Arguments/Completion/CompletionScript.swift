/// The shells that completions are written for.
public enum Shell: String, CaseIterable, Sendable {
  case bash
  case zsh
  case fish
}

/// A script that completes the program's commands, options and values in a shell. It needs no other package.
///
/// The script knows nothing of the commands. It runs `PROGRAM __complete -- WORD…` with the words before the cursor and the word at
/// the cursor, without the shell's quotes, and shows the lines of `LineCompletion.lines`.
public func completionScript(for shell: Shell, root: CommandSpecification) -> String {
  switch shell {
  case .bash: bashScript(root.name)
  case .zsh: zshScript(root.name)
  case .fish: fishScript(root.name)
  }
}
