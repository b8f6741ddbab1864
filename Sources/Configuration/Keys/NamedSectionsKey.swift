/// A key that holds a mapping of names, which the operator chooses, to mappings whose keys are declared.
struct NamedSectionsKey<Keys: SectionKeys>: DeclaredKey {
  let documentation: KeyDocumentation
  let section: NestedSection?
  let keys: Keys

  /// - Parameter things: what the names stand for: `queues`.
  init(_ name: String, _ keys: Keys, of things: String, _ meaning: String, example: String) {
    self.keys = keys
    section = NestedSection(path: "\(name).NAME", keys: keys)
    documentation = KeyDocumentation(name, expected: "a mapping of names to \(things)", meaning, example: example)
  }

  func check(_ value: Tree, of subject: String, _ problems: ProblemList) {
    if !value.isMappingOrNull { refuseShape(of: value, subject, problems) }
  }
}
