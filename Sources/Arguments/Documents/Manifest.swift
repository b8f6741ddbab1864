/// Everything that the specifications say, as one JSON text for other tools.
///
/// Members are only added while `manifest_version` stays the same. Hidden commands and options are left out.
public func manifest(for root: CommandSpecification, version: String) -> String {
  let path = CommandPath(root)
  let members: [(String, JSONTree)] = [
    ("manifest_version", .integer(1)),
    ("program", .string(root.name)),
    ("version", .string(version)),
    ("command", Manifest.command(path)),
    ("built_in_options", .array(BuiltIn.options.map(Manifest.option))),
  ]
  return JSONTree.object(members).text() + "\n"
}

enum Manifest {
  static func command(_ path: CommandPath) -> JSONTree {
    let command = path.command
    return .object([
      ("name", .string(command.name)),
      ("path", .strings(path.names)),
      ("usage", .string(Synopsis(path).text)),
      ("summary", .string(command.summary)),
      ("discussion", .string(command.discussion)),
      ("details", .string(command.details)),
      ("effect", .string(command.effect.rawValue)),
      ("operands", .array(command.operands.map(operand))),
      ("options", .array(command.options.filter { !$0.details.isHidden }.map(option))),
      ("groups", .array(command.groups.map(group))),
      ("examples", .array(command.examples.map { pair("command", $0.command, "text", $0.text) })),
      ("environment", .array(command.environment.map { pair("name", $0.name, "help", $0.help) })),
      ("exit_statuses", .array(command.exitStatuses.map(status))),
      ("see_also", .strings(command.seeAlso)),
      ("subcommands", .array(command.subcommands.filter { !$0.isHidden }.map { self.command(path.appending($0)) })),
    ])
  }

  private static func operand(_ operand: any OperandDeclaration) -> JSONTree {
    .object(
      [
        ("name", .string(operand.name)), ("help", .string(operand.help)), ("minimum", .integer(operand.minimum)),
        ("is_list", .boolean(operand.isList)),
      ] + value(operand.form))
  }

  static func option(_ option: any OptionDeclaration) -> JSONTree {
    let details = option.details
    var members: [(String, JSONTree)] = [
      ("name", .string(details.name)), ("help", .string(details.help)), ("form", .string(form(option.form))),
      ("is_required", .boolean(option.isRequired)), ("is_secret", .boolean(details.isSecret)),
    ]
    if let short = details.short { members.append(("short", .string(String(short)))) }
    if let section = details.section { members.append(("section", .string(section))) }
    if let variable = details.environment { members.append(("environment", .string(variable))) }
    if let defaultText = option.defaultText, !details.isSecret { members.append(("default", .string(defaultText))) }
    if case .toggle(let isNegatable) = option.form { members.append(("is_negatable", .boolean(isNegatable))) }
    if case .list(_, let separator?) = option.form { members.append(("separator", .string(String(separator)))) }
    if !details.formerNames.isEmpty { members.append(("former_names", .strings(details.formerNames))) }
    if let placeholder = option.placeholder { members.append(("placeholder", .string(placeholder))) }
    return .object(members + (option.form.valueForm.map(value) ?? []))
  }

  private static func form(_ form: OptionForm) -> String {
    switch form {
    case .toggle: "toggle"
    case .counter: "counter"
    case .value: "value"
    case .list: "list"
    }
  }

  private static func value(_ form: ValueForm) -> [(String, JSONTree)] {
    var members: [(String, JSONTree)] = [
      ("kind", .string(form.name)), ("expected", .string(form.expected)), ("example", .string(form.example)),
    ]
    if !form.choices.isEmpty { members.append(("choices", .strings(form.choices))) }
    if !form.suggestions.isEmpty { members.append(("suggestions", .strings(form.suggestions))) }
    return members
  }

  private static func group(_ group: Constraint) -> JSONTree {
    let kind =
      switch group {
      case .atMostOne: "at_most_one"
      case .exactlyOne: "exactly_one"
      case .atLeastOne: "at_least_one"
      case .allOrNone: "all_or_none"
      }
    return .object([("kind", .string(kind)), ("members", .strings(group.members))])
  }

  private static func status(_ status: ExitStatus) -> JSONTree {
    .object([("status", .integer(status.status)), ("meaning", .string(status.meaning))])
  }

  private static func pair(_ first: String, _ one: String, _ second: String, _ other: String) -> JSONTree {
    .object([(first, .string(one)), (second, .string(other))])
  }
}
