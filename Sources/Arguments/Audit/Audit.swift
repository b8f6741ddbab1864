/// Finds the mistakes in a tree of specifications that no user should meet. It runs in the tests, not in the program.
public struct Audit {
  /// One sentence a mistake, beginning with the command that has it.
  public private(set) var findings: [String] = []
  let root: CommandSpecification

  public init(_ root: CommandSpecification, articles: [ManualArticle] = []) {
    self.root = root
    for path in CommandPath(root).all {
      checkCommand(path)
      checkOperands(path)
      checkOptions(path)
      checkGroups(path)
      checkTexts(path)
      checkExamples(path)
    }
    for article in articles { check(article) }
  }

  mutating func report(_ path: CommandPath, _ finding: String) { findings.append("\(path.text): \(finding)") }

  private mutating func checkCommand(_ path: CommandPath) {
    let command = path.command
    // Commands for the program's own use are hidden and may begin with two underscores.
    let name = command.isHidden && command.name.hasPrefix("__") ? String(command.name.dropFirst(2)) : command.name
    if !Audit.isName(name, minimum: 1) { report(path, "the name is not lower case with hyphens") }
    if !command.subcommands.isEmpty, !command.operands.isEmpty { report(path, "it has both subcommands and operands") }
    for name in Audit.repeated(command.subcommands.map(\.name)) { report(path, "two subcommands are called \(name)") }
    if command.subcommands.contains(where: { $0.name == BuiltIn.help.name }) {
      report(path, "help is a command of its own everywhere")
    }
    for status in Audit.repeated(command.exitStatuses.map { "\($0.status)" }) {
      report(path, "exit status \(status) is explained twice")
    }
    for status in command.exitStatuses where !(0...255).contains(status.status) {
      report(path, "\(status.status) is no exit status")
    }
    let names = Set(CommandPath(root).all.map { $0.names.joined(separator: " ") })
    for name in command.seeAlso where !names.contains(name) {
      report(path, "see also names \(name), which doesn't exist")
    }
    if command.subcommands.isEmpty, command.examples.isEmpty, !path.isHidden { report(path, "it has no example") }
  }

  private mutating func checkOperands(_ path: CommandPath) {
    let operands = path.command.operands
    for name in Audit.repeated(operands.map(\.name)) { report(path, "two operands are called \(name)") }
    for (index, operand) in operands.enumerated() {
      if !Audit.isCapitals(operand.name) { report(path, "\(operand.name) is not in capitals") }
      if operand.isList, index < operands.count - 1 {
        report(path, "\(operand.name)... takes all words, so it must be last")
      }
      if operand.minimum > 0, operands[..<index].contains(where: { $0.minimum == 0 }) {
        report(path, "\(operand.name) is required after an operand that isn't")
      }
      checkForm(operand.form, of: operand.name, path, read: operand.reading)
      if operand.form.isNumeric, let digit = path.options.first(where: { $0.details.short?.isNumber ?? false }) {
        report(
          path, "\(digit.details.flag) has a digit for its letter, which keeps negative numbers from \(operand.name)")
      }
    }
  }

  private mutating func checkOptions(_ path: CommandPath) {
    var owners: [String: String] = [:]
    // From the root down, so that the deeper one is reported as the mistake.
    for option in BuiltIn.options + path.specifications.flatMap(\.options) {
      let isOwn = path.command.options.contains { $0.details.flag == option.details.flag }
      let shorts = option.details.short.map { ["-\($0)"] } ?? []
      for name in option.flags + option.details.formerNames.map({ "--" + $0 }) + shorts {
        if let owner = owners[name], isOwn { report(path, "\(name) of \(option.details.flag) is taken by \(owner)") }
        owners[name] = option.details.flag
      }
      if let variable = option.details.environment {
        if let owner = owners[variable], isOwn { report(path, "\(variable) already gives \(owner)") }
        owners[variable] = option.details.flag
      }
    }
    for option in path.command.options { checkOption(option, path) }
  }

  private mutating func checkOption(_ option: any OptionDeclaration, _ path: CommandPath) {
    let details = option.details
    for name in [details.name] + details.formerNames where !Audit.isName(name, minimum: 2) {
      report(path, "--\(name) is not lower case with hyphens, two letters or more")
    }
    if let short = details.short, !short.isASCII || !(short.isLetter || short.isNumber) {
      report(path, "-\(short) of \(details.flag) is no ASCII letter or digit")
    }
    if let variable = details.environment, !Audit.isCapitals(variable) {
      report(path, "\(variable) of \(details.flag) is not in capitals")
    }
    for text in option.defaultTexts where (try? option.reading(.text(text))) == nil {
      report(path, "the default \(text) of \(details.flag) is refused by its own kind")
    }
    guard let form = option.form.valueForm else { return }
    checkForm(form, of: details.flag, path, read: option.value(of:))
    if case .list(_, let separator?) = option.form {
      if form.choices.contains(where: { $0.contains(separator) }) {
        report(path, "a choice of \(details.flag) holds the separator \(separator)")
      }
      if option.defaultTexts.contains(where: { $0.contains(separator) }) {
        report(path, "a default of \(details.flag) holds the separator \(separator)")
      }
    }
  }

  private mutating func checkForm(
    _ form: ValueForm, of name: String, _ path: CommandPath, read: (String) throws(ValueMismatch) -> any Sendable
  ) {
    do {
      _ = try read(form.example)
    } catch {
      report(path, "the example \(form.example) of \(name) is refused by its own kind")
    }
    if form.choices.contains(where: { $0.contains(" ") || $0.contains("|") }) {
      report(path, "a choice of \(name) holds a blank or a bar, which no completion can offer")
    }
    if form.name == "choice", form.choices.isEmpty { report(path, "\(name) has no choice") }
    if form.choices.contains("") { report(path, "a choice of \(name) is empty") }
    for choice in Audit.repeated(form.choices) { report(path, "\(name) has the choice \(choice) twice") }
  }

  private mutating func checkGroups(_ path: CommandPath) {
    let command = path.command
    for group in command.groups {
      if group.members.count < 2 { report(path, "a group has fewer than two members") }
      for member in Audit.repeated(group.members) { report(path, "a group names \(member) twice") }
      for member in group.members {
        if let operand = command.operands.first(where: { $0.name == member }) {
          if operand.minimum > 0 { report(path, "\(member) is in a group, so it cannot be required") }
        } else if let option = path.options.first(where: { $0.details.flag == member }) {
          if option.isRequired { report(path, "\(member) is in a group, so it cannot be required") }
        } else {
          report(path, "a group names \(member), which doesn't exist")
        }
      }
    }
  }
}

extension Audit {
  /// ASCII lower case, digits and hyphens, beginning with a letter.
  static func isName(_ name: String, minimum: Int) -> Bool {
    let bytes = Array(name.utf8)
    guard bytes.count >= minimum, bytes.first?.isASCIILetter ?? false, bytes.last != UInt8(ascii: "-") else {
      return false
    }
    return bytes.allSatisfy { $0.isASCIILetter || Decimal.isDigit($0) || $0 == UInt8(ascii: "-") }
  }

  static func isCapitals(_ name: String) -> Bool {
    guard let first = name.utf8.first, (65...90).contains(first) else { return false }
    return name.utf8.allSatisfy { (65...90).contains($0) || Decimal.isDigit($0) || "_-:".utf8.contains($0) }
  }

  static func repeated(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { !seen.insert($0).inserted }
  }
}
