/// A key that holds a mapping of names, which the operator chooses, to texts, none of them empty.
struct TextMapKey: DeclaredKey {
  let documentation: KeyDocumentation

  /// - Parameters:
  ///   - names: what the names are: `header names`.
  ///   - texts: what the texts are: `templates`.
  init(_ name: String, of names: String = "names", to texts: String = "texts", _ meaning: String, example: String) {
    documentation = KeyDocumentation(name, expected: "a mapping of \(names) to \(texts)", meaning, example: example)
  }

  func check(_ value: Tree, of subject: String, _ problems: ProblemList) {
    if !value.isMappingOrNull { refuseShape(of: value, subject, problems) }
    for member in value.members where member.value.content != .null {
      let what = "'\(name).\(member.key)' of \(subject)"
      switch member.value.text {
      case nil: problems.add("\(what) must be a text, not \(member.value.kindName)", at: member.value.place)
      case ""?: problems.add("\(what) is empty", at: member.value.place)
      default: continue
      }
    }
  }
}
