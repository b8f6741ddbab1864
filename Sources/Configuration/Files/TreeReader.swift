import Yaml

/// Reads YAML text into a tree, and reports what is wrong with it as YAML.
struct TreeReader {
  private let parser: YamlParser
  private let file: String
  private let problems: ProblemList
  /// What each anchor stands for, and the number of its values.
  private var anchors: [String: (tree: Tree, count: Int)] = [:]
  private var count = 0

  // A configuration has a few hundred values. Aliases of aliases can make one page of text stand for more than memory holds.
  private static let mostValues = 100_000
  // The configuration's own mappings are five levels deep. Each level takes a part of the stack here.
  private static let deepest = 100

  /// - Parameter file: the path that places name.
  init(_ bytes: some Collection<UInt8>, file: String, problems: ProblemList) {
    parser = YamlParser(bytes)
    self.file = file
    self.problems = problems
  }

  /// The tree of the text; nil for a text without a value, or with a mistake after which it cannot be read on.
  ///
  /// A key that is repeated in a mapping counts at its first place. The reader goes on, so that other mistakes are found too.
  mutating func read() -> Tree? {
    do throws(YamlError) {
      _ = try next()
      guard case let start = try next(), start.content == .documentStart else { return nil }
      let tree = try tree(from: try next(), depth: 0)
      _ = try next()
      let end = try next()
      guard end.content == .streamEnd else {
        throw YamlError("a second document starts here; the file must have only one", at: end.place)
      }
      return tree
    } catch {
      problems.add("not valid YAML: \(error.problem)", at: place(error.place))
      return nil
    }
  }

  /// The next event; the end of the stream again after its end.
  private func next() throws(YamlError) -> YamlEvent {
    try parser.next() ?? YamlEvent(.streamEnd, at: YamlPlace(line: 1, column: 1))
  }

  private mutating func tree(from event: YamlEvent, depth: Int) throws(YamlError) -> Tree {
    guard depth < Self.deepest else { throw YamlError("nested more than \(Self.deepest) levels deep", at: event.place) }
    let before = count
    try add(1, at: event.place)
    let content: Tree.Content
    switch event.content {
    case .alias(let name):
      guard let anchor = anchors[name] else { throw YamlError("found undefined alias", at: event.place) }
      try add(anchor.count - 1, at: event.place)
      return anchor.tree
    case .scalar(let text, let isPlain):
      content = isPlain && Self.nulls.contains(text) ? .null : .scalar(text)
    case .sequenceStart:
      var elements: [Tree] = []
      var element = try next()
      while element.content != .sequenceEnd {
        elements.append(try tree(from: element, depth: depth + 1))
        element = try next()
      }
      content = .sequence(elements)
    case .mappingStart:
      content = .mapping(try members(depth: depth))
    case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
      throw YamlError("did not find expected node content", at: event.place)
    }
    let tree = Tree(place: place(event.place), content: content)
    if let name = event.anchor { anchors[name] = (tree, count - before) }
    return tree
  }

  private static let nulls: Set<String> = ["", "~", "null", "Null", "NULL"]

  private mutating func members(depth: Int) throws(YamlError) -> [Tree.Member] {
    var members: [Tree.Member] = []
    var firstPlaces: [String: Place] = [:]
    var event = try next()
    while event.content != .mappingEnd {
      let keyPlace = place(event.place)
      let key = try key(from: event, depth: depth + 1)
      let value = try tree(from: try next(), depth: depth + 1)
      event = try next()
      guard let key else {
        problems.add("a key must be a text", at: keyPlace)
        continue
      }
      if let first = firstPlaces[key] {
        problems.add(
          "'\(key)' is repeated; it is already set in line \(first.line), column \(first.column)", at: keyPlace)
      } else {
        firstPlaces[key] = keyPlace
        members.append(Tree.Member(key: key, keyPlace: keyPlace, value: value))
      }
    }
    return members
  }

  /// The text of a key, of `null` too; nil for a list or a mapping.
  private mutating func key(from event: YamlEvent, depth: Int) throws(YamlError) -> String? {
    let tree = try tree(from: event, depth: depth)
    if case .scalar(let text, _) = event.content { return text }
    return tree.text
  }

  private mutating func add(_ values: Int, at place: YamlPlace) throws(YamlError) {
    count += values
    guard count <= Self.mostValues else {
      throw YamlError("more than 100,000 values; an alias counts as all values that it stands for", at: place)
    }
  }

  private func place(_ place: YamlPlace) -> Place { Place(file: file, line: place.line, column: place.column) }
}
