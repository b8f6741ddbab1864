/// Options with the same heading in the help and the manual.
struct OptionSection {
  var title: String
  var options: [any OptionDeclaration]

  /// The sections of some options: those without one first, then each section as it was first named.
  static func all(_ options: [any OptionDeclaration]) -> [OptionSection] {
    var titles = ["Options"]
    for option in options {
      if let title = option.details.section, !titles.contains(title) { titles.append(title) }
    }
    return titles.map { title in
      OptionSection(title: title, options: options.filter { ($0.details.section ?? "Options") == title })
    }
  }
}

extension OptionDeclaration {
  /// `-n, --dry-run` or `    --fill-to N`, so that the long names are aligned.
  var term: String {
    let long =
      if case .toggle(isNegatable: true) = form { "--[no-]" + details.name } else { Synopsis.required(self) }
    return (details.short.map { "-\($0), " } ?? "    ") + long
  }

  /// Choices, default and variable, each in brackets.
  var notes: [String] {
    var notes: [String] = []
    if let choices = form.valueForm?.choices, !choices.isEmpty {
      notes.append("[one of: \(choices.joined(separator: ", "))]")
    }
    if let defaultText, !details.isSecret { notes.append("[default: \(defaultText)]") }
    if let variable = details.environment { notes.append("[env: \(variable)]") }
    if isRequired { notes.append("[required]") }
    return notes
  }

  var fullHelp: String { ([details.help] + notes).joined(separator: " ") }
}

extension OperandDeclaration {
  var notes: [String] { form.choices.isEmpty ? [] : ["[one of: \(form.choices.joined(separator: ", "))]"] }
  var fullHelp: String { ([help] + notes).joined(separator: " ") }
}
