/// The part of a manual page that explains one command.
struct ManualCommand {
  let path: CommandPath

  init(_ path: CommandPath) { self.path = path }

  var lines: [String] {
    let command = path.command
    var lines = [".Ss \(Roff.arguments(path.text))"] + Roff.text(command.summary + ".")
    if !command.discussion.isEmpty { lines += [".Pp"] + Roff.discussion(command.discussion) }
    if command.effect != .reads { lines += [".Pp", "This command \(command.effect.rawValue) data."] }
    let options = command.options.filter { !$0.details.isHidden }
    if !command.operands.isEmpty || !options.isEmpty {
      lines.append(".Bl -tag -width Ds")
      lines += command.operands.flatMap(ManualCommand.operand) + options.flatMap(ManualCommand.option) + [".El"]
    }
    if !command.exitStatuses.isEmpty {
      lines += [".Pp", "Exit status of its own:", ".Bl -tag -width Ds"]
      lines += command.exitStatuses.flatMap { [".It \($0.status)"] + Roff.text($0.meaning + ".") } + [".El"]
    }
    let examples = ManualCommand.examples(command)
    if !examples.isEmpty { lines += [".Pp"] + examples }
    return lines
  }

  static func options(_ options: [any OptionDeclaration]) -> [String] {
    options.isEmpty ? [] : [".Bl -tag -width Ds"] + options.flatMap(option) + [".El"]
  }

  static func examples(_ command: CommandSpecification) -> [String] {
    command.examples.flatMap { Roff.text($0.text + ":") + Roff.display(["$ " + $0.command]) }
  }

  private static func operand(_ operand: any OperandDeclaration) -> [String] {
    [".It Ar \(Roff.arguments(operand.name))\(operand.isList ? " ..." : "")"] + Roff.text(operand.help + ".")
      + notes(operand.notes)
  }

  /// `.It Fl n , Fl \-dry\-run Ar N`.
  private static func option(_ option: any OptionDeclaration) -> [String] {
    var names = option.details.short.map { ["Fl \($0)"] } ?? []
    names += option.flags.map { "Fl " + Roff.arguments(String($0.dropFirst())) }
    let value = option.placeholder.map { " Ar " + Roff.arguments($0) } ?? ""
    return [".It \(names.joined(separator: " , "))\(value)"] + Roff.text(option.details.help + ".")
      + notes(option.notes)
  }

  private static func notes(_ notes: [String]) -> [String] {
    notes.isEmpty ? [] : Roff.text(notes.joined(separator: " "))
  }
}
