import Yams

/// Reads YAML text into a tree with places; the only code that knows the YAML library.
struct YAMLReader {
  let file: String

  /// The tree of the one document in a text, nil for a text without any; throws the one problem that YAML stops at.
  func tree(of text: String) throws(SyntaxProblem) -> Tree? {
    // Editors put a byte order mark first; YAML allows it, and the library stumbles over it.
    let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    do {
      // The library would else compile regular expressions for kinds of scalars that nothing here asks for, for two milliseconds.
      guard let root = try Yams.compose(yaml: text, .basic) else { return nil }
      var room = Self.mostValues
      return try tree(of: root, &room)
    } catch is TooLarge {
      throw SyntaxProblem(
        problem: ConfigurationProblem(
          place: nil,
          message: "\(file): more than 100,000 values, with each alias counted as what it stands for"))
    } catch let error as YamlError {
      throw SyntaxProblem(problem: problem(error, text), repeated: repetition(error, text))
    } catch {
      throw SyntaxProblem(problem: ConfigurationProblem(place: place(nil), message: "not valid YAML"))
    }
  }

  struct SyntaxProblem: Error {
    let problem: ConfigurationProblem
    /// The key that stands a second time, and where it does.
    var repeated: (key: String, place: Place)?
  }

  /// The tree of a text, with all that is wrong in it as YAML reported; of a key that stands twice only the first counts, so that
  /// what is wrong elsewhere is found too.
  func tree(of text: String, problems: ProblemList) -> Tree? {
    var text = text
    for number in 0..<Self.mostRepetitions {
      do throws(SyntaxProblem) {
        return try tree(of: text).map(withoutRepetitions)
      } catch {
        problems.add(error.problem)
        guard let repeated = error.repeated, let renamed = renaming(repeated, number, in: text) else { return nil }
        text = renamed
      }
    }
    return nil
  }

  private static let mostRepetitions = 100
  /// Begins a key that stands in the place of a repeated one; for private use, so no file has it.
  private static let standIn = "\u{E000}"

  private func renaming(_ repeated: (key: String, place: Place), _ number: Int, in text: String) -> String? {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let (line, column) = (repeated.place.line - 1, repeated.place.column - 1)
    guard lines.indices.contains(line) else { return nil }
    let scalars = lines[line].unicodeScalars
    let rest = String(String.UnicodeScalarView(scalars.dropFirst(column)))
    guard let written = Self.spellings(repeated.key).first(where: { rest.hasPrefix($0) }) else { return nil }
    lines[line] =
      String(String.UnicodeScalarView(scalars.prefix(column))) + "\(Self.standIn)\(number):"
      + rest.dropFirst(written.count)
    return lines.joined(separator: "\n")
  }

  private func withoutRepetitions(_ tree: Tree) -> Tree {
    guard case .mapping(let members) = tree.content else { return tree }
    let kept = members.filter { !$0.key.hasPrefix(Self.standIn) }.map { member in
      Tree.Member(key: member.key, keyPlace: member.keyPlace, value: withoutRepetitions(member.value))
    }
    return Tree(place: tree.place, content: .mapping(kept))
  }

  /// How a key of a block mapping may be written.
  private static func spellings(_ key: String) -> [String] { ["\(key):", "\"\(key)\":", "'\(key)':", "\(key) :"] }

  /// A configuration has a few hundred. Aliases of aliases can make a page of text stand for more values than memory holds.
  private static let mostValues = 100_000

  private struct TooLarge: Error {}

  /// - Parameter room: how many values there may still be.
  private func tree(of node: Node, _ room: inout Int) throws -> Tree {
    room -= 1
    guard room >= 0 else { throw TooLarge() }
    switch node {
    case .scalar(let scalar):
      let isNull = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
      return Tree(place: place(scalar.mark), content: isNull ? .null : .scalar(scalar.string))
    case .sequence(let sequence):
      return Tree(place: place(sequence.mark), content: .sequence(try sequence.map { try tree(of: $0, &room) }))
    case .mapping(let mapping):
      let members = try mapping.map { key, value in
        Tree.Member(
          key: key.scalar?.string ?? "?", keyPlace: place(key.mark), value: try tree(of: value, &room))
      }
      return Tree(place: place(mapping.mark), content: .mapping(members))
    case .alias(let alias):
      return Tree(place: place(alias.mark), content: .null)
    }
  }

  private func place(_ mark: Mark?) -> Place { Place(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1) }

  /// The problem in one sentence. The library's own description quotes the line, which may hold a password.
  private func problem(_ error: YamlError, _ text: String) -> ConfigurationProblem {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return ConfigurationProblem(place: place(mark), message: "not valid YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      let key = keys.first ?? ""
      let first = context.mark
      return ConfigurationProblem(
        place: repetition(of: key, after: first, in: text) ?? place(first),
        message: "\"\(key)\" stands here a second time; the first is in line \(first.line)")
    case .reader(let problem, _, _, _):
      return ConfigurationProblem(place: nil, message: "\(file): not valid YAML: \(problem)")
    default:
      return ConfigurationProblem(place: nil, message: "\(file): not valid YAML")
    }
  }

  private func repetition(_ error: YamlError, _ text: String) -> (key: String, place: Place)? {
    guard case .duplicatedKeysInMapping(let keys, let context) = error, let key = keys.first else { return nil }
    return repetition(of: key, after: context.mark, in: text).map { (key, $0) }
  }

  /// Where a key of a block mapping stands again: the library tells only of its first place.
  private func repetition(of key: String, after first: Mark, in text: String) -> Place? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for number in lines.indices.dropFirst(first.line) {
      let scalars = lines[number].unicodeScalars
      guard scalars.prefix(first.column - 1).allSatisfy({ $0 == " " }) else { continue }
      let rest = String(String.UnicodeScalarView(scalars.dropFirst(first.column - 1)))
      if Self.spellings(key).contains(where: { rest.hasPrefix($0) }) {
        return Place(file: file, line: number + 1, column: first.column)
      }
    }
    return nil
  }
}
