import Text

/// The shells that completions are written for.
public enum Shell: String, CaseIterable, Sendable {
  case bash
  case zsh
  case fish
}

/// A script that completes the program's commands, options and values in a shell; it needs no other package.
///
/// The scripts share one plan: walk the words before the cursor to find the command and what was given, then offer what fits.
/// Values that only the running program knows stand in the data as `<NAME>`: for those the script runs
/// `PROGRAM __complete NAME --typed=PART -- WORD…` with what was typed of the value and the words before it, and reads
/// `value TAB note` lines. What does not begin with the part may be among them: the shell leaves it out.
public func completionScript(for shell: Shell, root: CommandSpecification) -> String {
  let data = CompletionData.all(root)
  let name = root.name
  return switch shell {
  case .bash: bashScript(name, cases(data, in: .bash))
  case .zsh: zshScript(name, cases(data, in: .zsh))
  case .fish: fishScript(name, cases(data, in: .fish))
  }
}

/// The branches of a `case` or `switch` over the command's words.
private func cases(_ data: [CompletionData], in shell: Shell) -> String {
  data.map { entry in
    let lists = [("commands", entry.commands), ("options", entry.options), ("operands", entry.operands)]
    let isFish = shell == .fish
    var lines = [isFish ? "    case \(quoted(entry.place, shell))" : "    \(quoted(entry.place, shell)))"]
    for (name, items) in lists where !items.isEmpty {
      let words = items.map { quoted($0, shell) }
      if isFish {
        lines.append("      set -a at_\(name) " + words.joined(separator: " \\\n        "))
      } else {
        lines.append("      at_\(name)+=(\n        " + words.joined(separator: "\n        ") + "\n      )")
      }
    }
    if isFish {
      if lines.count == 1 { lines.append("      true") }
    } else {
      lines.append("      ;;")
    }
    return lines.joined(separator: "\n")
  }.joined(separator: "\n")
}

/// One word in single quotes.
private func quoted(_ text: String, _ shell: Shell) -> String {
  shell == .fish ? ShellWords.fishQuoted(text) : ShellWords.singleQuoted(text)
}
