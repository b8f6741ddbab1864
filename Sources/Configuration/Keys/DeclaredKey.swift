/// A key of the configuration file, declared once for the file's reader, the manual and completion.
protocol DeclaredKey: Sendable {
  var documentation: KeyDocumentation { get }
  /// The mapping that the key holds; nil for a key that holds values.
  var section: NestedSection? { get }

  /// Reports what is wrong with the value of a key in a file.
  ///
  /// - Parameter subject: what messages call the mapping that has the key: `queue 'tickets'`.
  func check(_ value: Tree, of subject: String, _ problems: ProblemList)
}

extension DeclaredKey {
  var name: String { documentation.name }
  var section: NestedSection? { nil }

  /// Reports a value that is a mapping instead of a list, and so on.
  func refuseShape(of value: Tree, _ subject: String, _ problems: ProblemList) {
    problems.add("'\(name)' of \(subject) must be \(documentation.expected), not \(value.kindName)", at: value.place)
  }
}

/// The mapping under a key.
struct NestedSection: Sendable {
  /// What follows in a path: `outbox`, or `queues.NAME` where the operator chooses the names.
  let path: String
  let keys: any SectionKeys
}
