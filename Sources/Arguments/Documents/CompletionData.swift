/// What the completion scripts know: for each command, lines of fields that `|` divides, the same for every shell.
///
/// - a subcommand: name, summary
/// - an option: flags, form, flags that exclude it, values, flags that are accepted and never offered, help; the form has `*` when it may
///   be repeated, `,` when one word may hold several values, and ends in `=` when it takes a value
/// - an operand: name, `*` when it takes all that is left, values
///
/// Values are the choices, or `<files>`, `<directories>`, or `<NAME>` for names that only the running program knows.
struct CompletionData {
  /// The command's words without the program's, joined by blanks.
  var place: String
  var commands: [String]
  /// The command's own; those of the commands above hold as well.
  var options: [String]
  var operands: [String]

  init(_ path: CommandPath) {
    let command = path.command
    place = path.names.joined(separator: " ")
    commands = path.visibleSubcommands.map { CompletionData.fields([$0.name, $0.summary]) }
    options = (command.options + (path.isRoot ? BuiltIn.options : [])).map { option in
      let details = option.details
      let flags = option.flags + (details.short.map { ["-\($0)"] } ?? [])
      let excluding = command.groups.filter { $0.isExclusive && $0.members.contains(details.flag) }
        .flatMap(\.members).filter { $0 != details.flag }
      let values = option.form.valueForm.map(CompletionData.values) ?? ""
      // What isn't offered takes its value along all the same.
      let (offered, unshown) = details.isHidden ? ([], flags + option.formerFlags) : (flags, option.formerFlags)
      return CompletionData.fields([
        offered.joined(separator: " "), CompletionData.form(option.form), excluding.joined(separator: " "), values,
        unshown.joined(separator: " "), details.isHidden ? "" : details.help,
      ])
    }
    operands = command.operands.map { operand in
      CompletionData.fields([operand.name, operand.isList ? "*" : "", CompletionData.values(operand.form)])
    }
  }

  /// Every command that is shown, the program first.
  static func all(_ root: CommandSpecification) -> [CompletionData] {
    CommandPath(root).all.filter { !$0.isHidden }.map(CompletionData.init)
  }

  private static func form(_ form: OptionForm) -> String {
    switch form {
    case .toggle: ""
    case .counter: "*"
    case .value: "="
    // Other separators than the comma are left to the user.
    case .list(_, let separator): separator == "," ? "*,=" : "*="
    }
  }

  private static func values(_ form: ValueForm) -> String {
    if !form.choices.isEmpty { return form.choices.joined(separator: " ") }
    switch form.completion {
    case .nothing: return ""
    case .files: return "<files>"
    case .directories: return "<directories>"
    case .dynamic(let source): return "<\(source)>"
    }
  }

  private static func fields(_ fields: [String]) -> String {
    fields.map { $0.map { $0 == "|" || $0 == "\n" ? "/" : String($0) }.joined() }.joined(separator: "|")
  }
}
