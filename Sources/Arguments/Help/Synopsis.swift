/// One usage line: `usher queue admit [COUNT | --fill-to N] [options]`.
struct Synopsis {
  let text: String

  init(_ path: CommandPath) {
    let command = path.command
    if !command.subcommands.isEmpty {
      text = path.text + " COMMAND [options]"
      return
    }
    var words = Synopsis.words(path)
    let grouped = Set(path.groups.flatMap(\.members))
    let isOther: (any OptionDeclaration) -> Bool = {
      !$0.details.isHidden && !$0.isRequired && !grouped.contains($0.details.flag)
    }
    if path.options.contains(where: isOther) { words.append("[options]") }
    text = ([path.text] + words).joined(separator: " ")
  }

  /// Operands in order, each with the group that it is in; then the groups of options alone; then required options.
  private static func words(_ path: CommandPath) -> [String] {
    let operands = path.command.operands
    var words: [String] = []
    var shown: Set<String> = []
    let names = operands.map(\.name) + path.groups.flatMap(\.members)
    for name in names where !shown.contains(name) {
      guard let group = path.groups.first(where: { $0.members.contains(name) }) else {
        shown.insert(name)
        if let operand = operands.first(where: { $0.name == name }) { words.append(self.operand(operand)) }
        continue
      }
      let earlier = shown
      shown.formUnion(group.members)
      if let text = self.group(group, at: path, without: earlier) { words.append(text) }
    }
    for option in path.options where option.isRequired && !shown.contains(option.details.flag) {
      words.append(required(option))
    }
    return words
  }

  /// Of a group of which at most one member may be given, only the members that no earlier group has shown.
  private static func group(_ group: Constraint, at path: CommandPath, without shown: Set<String>) -> String? {
    var names = group.members
    if case .atMostOne = group { names.removeAll { shown.contains($0) } }
    let members = names.compactMap { member(named: $0, at: path) }
    guard !members.isEmpty else { return nil }
    return switch group {
    case .atMostOne: "[" + members.joined(separator: " | ") + "]"
    case .exactlyOne: "(" + members.joined(separator: " | ") + ")"
    case .atLeastOne: "(" + members.joined(separator: " | ") + ")..."
    case .allOrNone: "[" + members.joined(separator: " ") + "]"
    }
  }

  private static func member(named name: String, at path: CommandPath) -> String? {
    if let operand = path.command.operands.first(where: { $0.name == name }) {
      return operand.name + (operand.isList ? "..." : "")
    }
    return path.options.first { $0.details.flag == name && !$0.details.isHidden }.map(required)
  }

  static func operand(_ operand: any OperandDeclaration) -> String {
    let name = operand.name + (operand.isList ? "..." : "")
    return operand.minimum > 0 ? name : "[\(name)]"
  }

  /// `--fill-to N`.
  static func required(_ option: any OptionDeclaration) -> String {
    option.placeholder.map { "\(option.details.flag) \($0)" } ?? option.details.flag
  }
}

extension OptionDeclaration {
  /// The name of the value; nil for an option without a value. A list with a separator shows it.
  var placeholder: String? {
    guard let form = form.valueForm else { return nil }
    let name = details.placeholder ?? form.placeholder
    if case .list(_, let separator?) = self.form { return "\(name)[\(separator)...]" }
    return name
  }
}
