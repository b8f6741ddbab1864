/// A key that holds a mapping whose keys are declared.
struct SectionKey<Keys: SectionKeys>: DeclaredKey {
  let documentation: KeyDocumentation
  let section: NestedSection?
  let keys: Keys

  init(_ name: String, _ keys: Keys, _ meaning: String, example: String) {
    self.keys = keys
    section = NestedSection(path: name, keys: keys)
    documentation = KeyDocumentation(name, expected: "a mapping of keys to values", meaning, example: example)
  }

  func check(_ value: Tree, of subject: String, _ problems: ProblemList) {
    if !value.isMappingOrNull { refuseShape(of: value, subject, problems) }
  }
}
