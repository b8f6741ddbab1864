import Text

/// Gives the values of one mapping of a configuration file by the declarations of its keys.
///
/// All that is wrong in the mapping itself is reported once, at the start. A value that is wrong then counts as absent.
struct SectionReader<Keys: SectionKeys> {
  let keys: Keys
  /// What messages call the mapping: `queue 'tickets'`.
  let subject: String
  let place: Place
  /// The context that its values belong to.
  private let context: String?
  private let members: [Tree.Member]

  /// - Parameters:
  ///   - keyPlace: where the mapping's own key or name stands; that place is told where a required key is absent.
  ///   - isPartial: whether another file may add the keys that are absent here.
  init(
    _ tree: Tree, _ keys: Keys, subject: String, context: String? = nil, at keyPlace: Place? = nil,
    isPartial: Bool = false, problems: ProblemList
  ) {
    self.keys = keys
    self.subject = subject
    self.context = context
    place = tree.place
    members = tree.members
    guard tree.isMappingOrNull else {
      problems.add("\(subject) must be a mapping of keys to values, not \(tree.kindName)", at: tree.place)
      return
    }
    let all = keys.all
    for member in members {
      if let key = all.first(where: { $0.name == member.key }) {
        key.check(member.value, of: subject, problems)
      } else {
        problems.add(unknown(member.key, among: all.map(\.name)), at: member.keyPlace)
      }
    }
    for key in all where key.documentation.isRequired && !isPartial && !isPresent(key) {
      problems.add("\(subject) has no '\(key.name)': expected \(key.documentation.expected)", at: keyPlace ?? place)
    }
  }

  private func unknown(_ key: String, among names: [String]) -> String {
    let advice =
      Spelling.nearest(to: key, among: names.sorted()).first.map { "did you mean '\($0)'?" }
      ?? "the keys are \(names.sorted().joined(separator: ", "))"
    return "unknown key '\(key)' in \(subject); \(advice)"
  }

  private func member(_ key: any DeclaredKey) -> Tree.Member? { members.first { $0.key == key.name } }

  /// Whether the file gives the key a value, right or wrong.
  func isPresent(_ key: any DeclaredKey) -> Bool { member(key).map { $0.value.content != .null } ?? false }

  /// The value of a key; nil where it is absent.
  func value<Key: ScalarKey>(_ path: KeyPath<Keys, Key>) -> Sourced<Key.Value>? {
    let key = keys[keyPath: path]
    guard let value = member(key)?.value, let text = value.text, let parsed = try? key.kind.parse(text) else {
      return nil
    }
    return Sourced(parsed, .file(value.place, context: context))
  }

  /// The value of a key, or its default with the origin given.
  func value<Basis, Value>(
    _ path: KeyPath<Keys, DefaultedKey<Basis, Value>>, for basis: Basis, _ origin: Origin
  ) -> Sourced<Value> {
    value(path) ?? Sourced(keys[keyPath: path].standard(basis), origin)
  }

  /// The texts of a list, in the order of the file.
  func texts(_ path: KeyPath<Keys, TextListKey>) -> [Sourced<String>] {
    (member(keys[keyPath: path])?.value.elements ?? []).compactMap(text)
  }

  /// The texts of a mapping, by the operator's names.
  func texts(_ path: KeyPath<Keys, TextMapKey>) -> [String: Sourced<String>] {
    let members = member(keys[keyPath: path])?.value.members ?? []
    return members.reduce(into: [:]) { texts, member in texts[member.key] = text(member.value) }
  }

  /// The texts that the file gives to the keys, by the names of the keys.
  var texts: [String: Sourced<String>] {
    keys.all.reduce(into: [:]) { texts, key in texts[key.name] = member(key).flatMap { text($0.value) } }
  }

  private func text(_ tree: Tree) -> Sourced<String>? {
    tree.text.flatMap { $0.isEmpty ? nil : Sourced($0, .file(tree.place, context: context)) }
  }

  /// A mapping inside of this one; nil where it is absent.
  ///
  /// - Parameter name: what messages call it; without one, by its key and this mapping's subject.
  func section<Inner>(
    _ path: KeyPath<Keys, SectionKey<Inner>>, subject name: String? = nil, problems: ProblemList
  ) -> SectionReader<Inner>? {
    let key = keys[keyPath: path]
    guard let member = member(key), case .mapping = member.value.content else { return nil }
    return SectionReader<Inner>(
      member.value, key.keys, subject: name ?? "'\(key.name)' of \(subject)", at: member.keyPlace, problems: problems)
  }

  /// The entries of a mapping whose names the operator chose, in the order of the file.
  func entries<Inner>(_ path: KeyPath<Keys, NamedSectionsKey<Inner>>) -> [Tree.Member] {
    member(keys[keyPath: path])?.value.members ?? []
  }
}
