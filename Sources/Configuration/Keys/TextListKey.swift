/// A key that holds a list of texts, none of them empty. A single text is a list of one.
struct TextListKey: DeclaredKey {
  let documentation: KeyDocumentation

  /// - Parameter elements: what the texts are, in the plural: `Redis keys`.
  init(_ name: String, of elements: String, _ meaning: String, example: String) {
    documentation = KeyDocumentation(name, expected: "a list of \(elements)", meaning, example: example)
  }

  func check(_ value: Tree, of subject: String, _ problems: ProblemList) {
    if case .mapping = value.content { refuseShape(of: value, subject, problems) }
    for element in value.elements where element.text?.isEmpty != false {
      let mistake = element.text == nil ? "which is \(element.kindName)" : "which is empty"
      problems.add(
        "'\(name)' of \(subject) must be \(documentation.expected); it has an element \(mistake)", at: element.place)
    }
  }
}
