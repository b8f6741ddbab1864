import Arguments
import Text

/// Reads one mapping of a configuration file key by key, and reports what is wrong in it instead of stopping.
struct SectionReader {
  /// What messages call the mapping: `queue "tickets"`.
  let subject: String
  /// The context that its values belong to.
  let context: String?
  let place: Place
  let problems: ProblemList
  private let members: [Tree.Member]
  private var known: [String] = []

  init(_ tree: Tree, subject: String, context: String? = nil, problems: ProblemList) {
    self.subject = subject
    self.context = context
    self.problems = problems
    place = tree.place
    switch tree.content {
    case .mapping(let members): self.members = members
    case .null: members = []
    default:
      members = []
      problems.add("\(subject) must be a mapping of keys to values, not \(tree.kindName)", at: tree.place)
    }
  }

  /// A text, which must not be empty.
  mutating func text(_ key: String) -> Sourced<String>? {
    guard let (text, origin, place) = scalar(key, expected: "a text") else { return nil }
    if text.isEmpty {
      problems.add("\"\(key)\" of \(subject) is empty", at: place)
      return nil
    }
    return Sourced(text, origin)
  }

  /// A value of a kind that options have too, refused in the same words.
  mutating func value<Value>(_ key: String, _ kind: ValueKind<Value>) -> Sourced<Value>? {
    guard let (text, origin, place) = scalar(key, expected: kind.form.expected) else { return nil }
    do {
      return Sourced(try kind.parse(text), origin)
    } catch {
      var message = "\"\(key)\" of \(subject) is \"\(text)\": expected \(kind.form.expected)"
      if let near = Spelling.nearest(to: text, among: kind.form.choices.sorted()).first {
        message += "; did you mean \"\(near)\"?"
      } else {
        message += error.hint.map { "; \($0)" } ?? ", for example \(kind.form.example)"
      }
      problems.add(message, at: place)
      return nil
    }
  }

  /// One of the words of an enumeration.
  mutating func choice<Choice>(_ key: String, _: Choice.Type) -> Sourced<Choice>?
  where Choice: RawRepresentable<String> & CaseIterable & Sendable {
    guard let word = value(key, .choice(Choice.allCases.map(\.rawValue))) else { return nil }
    return Choice(rawValue: word.value).map { Sourced($0, word.origin) }
  }

  /// A list of texts, none of them empty; a single text is a list of one.
  mutating func texts(list key: String) -> [Sourced<String>] {
    known.append(key)
    guard let value = member(key)?.value else { return [] }
    let elements: [Tree]
    switch value.content {
    case .null: return []
    case .scalar: elements = [value]
    case .sequence(let trees): elements = trees
    case .mapping:
      problems.add("\"\(key)\" of \(subject) must be a list of texts, not \(value.kindName)", at: value.place)
      return []
    }
    return elements.compactMap { element in
      guard case .scalar(let text) = element.content, !text.isEmpty else {
        problems.add("\"\(key)\" of \(subject) must be a list of texts, and no empty ones", at: element.place)
        return nil
      }
      return Sourced(text, .file(element.place, context: context))
    }
  }

  mutating func boolean(_ key: String) -> Sourced<Bool>? {
    guard let (text, origin, place) = scalar(key, expected: "true or false") else { return nil }
    if text == "true" || text == "false" { return Sourced(text == "true", origin) }
    problems.add("\"\(key)\" of \(subject) is \"\(text)\": expected true or false", at: place)
    return nil
  }

  /// A mapping inside of this one; nil where it is absent.
  mutating func section(_ key: String, subject: String) -> SectionReader? {
    known.append(key)
    guard let member = member(key), member.value.content != .null else { return nil }
    return SectionReader(member.value, subject: subject, context: context, problems: problems)
  }

  /// The names and trees of a mapping whose keys are names that the user chose; in the order of the file.
  mutating func named(_ key: String, subject: String) -> [Tree.Member] {
    section(key, subject: subject)?.members ?? []
  }

  /// A mapping of names that the user chose to texts.
  mutating func texts(_ key: String, subject: String) -> [String: Sourced<String>] {
    guard var section = section(key, subject: subject) else { return [:] }
    var texts: [String: Sourced<String>] = [:]
    for member in section.members { texts[member.key] = section.text(member.key) }
    return texts
  }

  /// Reports every key that nothing has asked for.
  func finish() {
    for member in members where !known.contains(member.key) {
      var message = "unknown key \"\(member.key)\" in \(subject)"
      if let near = Spelling.nearest(to: member.key, among: known.sorted()).first {
        message += "; did you mean \"\(near)\"?"
      } else {
        message += "; it has \(known.sorted().joined(separator: ", "))"
      }
      problems.add(message, at: member.keyPlace)
    }
  }

  func has(_ key: String) -> Bool { member(key).map { $0.value.content != .null } ?? false }

  private func member(_ key: String) -> Tree.Member? { members.first { $0.key == key } }

  private mutating func scalar(_ key: String, expected: String) -> (text: String, origin: Origin, place: Place)? {
    known.append(key)
    guard let value = member(key)?.value else { return nil }
    switch value.content {
    case .scalar(let text): return (text, .file(value.place, context: context), value.place)
    case .null: return nil
    case .sequence, .mapping:
      problems.add("\"\(key)\" of \(subject) must be \(expected), not \(value.kindName)", at: value.place)
      return nil
    }
  }
}
