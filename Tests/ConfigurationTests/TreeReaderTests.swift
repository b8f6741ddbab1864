import Testing

@testable import Configuration

@Suite("The tree of a YAML text")
struct TreeReaderTests {
  /// A tree as one line: `{key@1:1: "text"@1:6}`.
  static func outline(_ tree: Tree) -> String {
    let place = "@\(tree.place.line):\(tree.place.column)"
    switch tree.content {
    case .null: return "null" + place
    case .scalar(let text): return "\"\(text.escaped)\"" + place
    case .sequence(let trees): return "[" + trees.map(outline).joined(separator: ", ") + "]" + place
    case .mapping(let members):
      let texts = members.map { "\($0.key)@\($0.keyPlace.line):\($0.keyPlace.column): \(outline($0.value))" }
      return "{" + texts.joined(separator: ", ") + "}" + place
    }
  }

  /// The tree of a text, and what is wrong in the text.
  static func read(_ text: String, file: String = "f") -> (tree: Tree?, problems: [String]) {
    let problems = ProblemList()
    var reader = TreeReader(Array(text.utf8), file: file, problems: problems)
    let tree = reader.read()
    return (tree, problems.sorted(byFiles: [file]).map(\.description))
  }

  /// The tree of a text without mistakes; nil for every other text.
  static func tree(_ text: String, file: String = "f") -> Tree? {
    let (tree, problems) = read(text, file: file)
    return problems.isEmpty ? tree : nil
  }

  @Test(
    "has the line and the column of everything in it",
    arguments: [
      ("", "nothing"),
      ("# comment", "nothing"),
      ("---\n", "null@2:1"),
      ("a: b", "{a@1:1: \"b\"@1:4}@1:1"),
      ("a: b # comment", "{a@1:1: \"b\"@1:4}@1:1"),
      ("a:", "{a@1:1: null@1:3}@1:1"),
      ("a: ~\nb: null\nc: ''", "{a@1:1: null@1:4, b@2:1: null@2:4, c@3:1: \"\"@3:4}@1:1"),
      ("a: 'null'", "{a@1:1: \"null\"@1:4}@1:1"),
      ("null: x\n~: y", "{null@1:1: \"x\"@1:7, ~@2:1: \"y\"@2:4}@1:1"),
      ("a: \"two\\nlines\"", "{a@1:1: \"two\\nlines\"@1:4}@1:1"),
      ("a: |\n  two\n  lines\n", "{a@1:1: \"two\\nlines\\n\"@1:4}@1:1"),
      ("a: >-\n  one\n  line\n", "{a@1:1: \"one line\"@1:4}@1:1"),
      ("a: [x, 'y']", "{a@1:1: [\"x\"@1:5, \"y\"@1:8]@1:4}@1:1"),
      ("a:\n  - x\n  - k: v", "{a@1:1: [\"x\"@2:5, {k@3:5: \"v\"@3:8}@3:5]@2:3}@1:1"),
      ("a: { b: { c: d } }", "{a@1:1: {b@1:6: {c@1:11: \"d\"@1:14}@1:9}@1:4}@1:1"),
      ("대기열: 값\nb: 1", "{대기열@1:1: \"값\"@1:6, b@2:1: \"1\"@2:4}@1:1"),
      ("\u{FEFF}a: b", "{a@1:1: \"b\"@1:4}@1:1"),
      ("1: 2\ntrue: no", "{1@1:1: \"2\"@1:4, true@2:1: \"no\"@2:7}@1:1"),
      ("a: b\r\nc: d\r\n", "{a@1:1: \"b\"@1:4, c@2:1: \"d\"@2:4}@1:1"),
      ("a: &x { b: c }\nd: *x", "{a@1:1: {b@1:9: \"c\"@1:12}@1:4, d@2:1: {b@1:9: \"c\"@1:12}@1:4}@1:1"),
      ("a: &x 1\nb: &x 2\nc: *x", "{a@1:1: \"1\"@1:4, b@2:1: \"2\"@2:4, c@3:1: \"2\"@2:4}@1:1"),
      ("&k a: b\nc: { *k : d }", "{a@1:1: \"b\"@1:7, c@2:1: {a@2:6: \"d\"@2:11}@2:4}@1:1"),
      ("a: !!str 5\nb: !local x\nc: !!map {}", "{a@1:1: \"5\"@1:4, b@2:1: \"x\"@2:4, c@3:1: {}@3:4}@1:1"),
      ("<<: { a: 1 }", "{<<@1:1: {a@1:7: \"1\"@1:10}@1:5}@1:1"),
      ("a: redis://h:1/0#x", "{a@1:1: \"redis://h:1/0#x\"@1:4}@1:1"),
      ("a: concerts::SimpleKey []", "{a@1:1: \"concerts::SimpleKey []\"@1:4}@1:1"),
    ])
  func reads(_ text: String, _ expected: String) {
    let (tree, problems) = Self.read(text)
    #expect(tree.map(Self.outline) ?? "nothing" == expected)
    #expect(problems == [])
  }

  @Test("is not read when it would not fit into memory once its aliases are written out")
  func bomb() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      text += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
    }
    let expected = "not valid YAML: more than 100,000 values; an alias counts as all values that it stands for"
    let (tree, problems) = Self.read(text)
    #expect(tree == nil && problems == ["f:6:10: " + expected])
    #expect(Self.read(String(repeating: "- x\n", count: 100_000)).problems == ["f:100000:3: " + expected])
    #expect(Self.tree(String(repeating: "- x\n", count: 99_999))?.elements.count == 99_999)
  }

  @Test(
    "is not read when the text is broken, and the message does not quote the line",
    arguments: [
      ("a: \"s3cret", "f:1:11: not valid YAML: found unexpected end of stream"),
      ("a: b: s3cret", "f:1:5: not valid YAML: mapping values are not allowed in this context"),
      ("a: [b", "f:2:1: not valid YAML: did not find expected ',' or ']'"),
      ("a: *x", "f:1:4: not valid YAML: found undefined alias"),
      ("a: &x [*x]", "f:1:8: not valid YAML: found undefined alias"),
      ("a: b\n c: d", "f:2:3: not valid YAML: mapping values are not allowed in this context"),
      ("a: @b", "f:1:4: not valid YAML: found character that cannot start any token"),
      ("a: 1\nb: \u{1}", "f:2:4: not valid YAML: control characters are not allowed"),
      ("a: 1\n---\na: 2", "f:2:1: not valid YAML: a second document starts here; the file must have only one"),
    ])
  func refuses(_ text: String, _ expected: String) {
    let (tree, problems) = Self.read(text)
    #expect(tree == nil && problems == [expected])
    #expect(!problems.joined().contains("s3cret"))
  }

  @Test(
    "has a repeated key once, and each repetition is reported with both places",
    arguments: [
      ("a: 1\nb: 2\na: 3", "f:3:1: 'a' is repeated; it is already set in line 1, column 1", "{a:1 b:2}"),
      (
        "x:\n  a: 1\n  b:\n    a: 2\n  a: 3", "f:5:3: 'a' is repeated; it is already set in line 2, column 3",
        "{x:{a:1 b:{a:2}}}"
      ),
      ("'a': 1\na : 2", "f:2:1: 'a' is repeated; it is already set in line 1, column 1", "{a:1}"),
      ("{a: 1, a: 2}", "f:1:8: 'a' is repeated; it is already set in line 1, column 2", "{a:1}"),
      ("? a\n: 1\n? \"a\"\n: 2", "f:3:3: 'a' is repeated; it is already set in line 1, column 3", "{a:1}"),
      ("a: 1\na: [", "f:2:1: 'a' is repeated", nil),
      ("? [a, b]\n: c\nd: e", "f:1:3: a key must be a text", "{d:e}"),
    ])
  func repetitions(_ text: String, _ expected: String, _ values: String?) {
    let (tree, problems) = Self.read(text)
    #expect(tree.map { TreeMergingTests.outline($0).replacing("@f", with: "") } == values)
    #expect(values == nil || problems == [expected], "\(problems)")
  }

  @Test("of a hundred thousand repeated keys is read at once")
  func manyRepetitions() {
    #expect(Self.read(String(repeating: "a: 1\n", count: 40_000)).problems.count == 39_999)
  }

  @Test("is at most a hundred levels deep, however the levels are written")
  func nesting() {
    for opening in ["[", "{a: ", "- "] {
      let problems = Self.read(String(repeating: opening, count: 100_000)).problems
      #expect(problems.count == 1)
      #expect(problems.first?.hasSuffix("not valid YAML: nested more than 100 levels deep") == true, "\(problems)")
      #expect(!Self.read(String(repeating: opening, count: 99)).problems.joined().contains("nested"))
    }
  }
}

@Suite("Merging trees")
struct TreeMergingTests {
  static func merged(_ upper: String, over lower: String) throws -> String {
    let upper = try #require(TreeReaderTests.tree(upper, file: "u"))
    let lower = try #require(TreeReaderTests.tree(lower, file: "l"))
    return outline(upper.merged(over: lower))
  }

  /// A tree with the file of each value instead of its line.
  static func outline(_ tree: Tree) -> String {
    switch tree.content {
    case .null: "null"
    case .scalar(let text): "\(text)@\(tree.place.file)"
    case .sequence(let trees): "[" + trees.map(outline).joined(separator: " ") + "]"
    case .mapping(let members): "{" + members.map { "\($0.key):\(outline($0.value))" }.joined(separator: " ") + "}"
    }
  }

  @Test(
    "takes each value from the upper file, and from the lower what the upper leaves out",
    arguments: [
      ("a: 1", "a: 2", "{a:1@u}"),
      ("a: 1", "b: 2", "{a:1@u b:2@l}"),
      ("a: { x: 1 }", "a: { y: 2, x: 3 }", "{a:{x:1@u y:2@l}}"),
      ("a:", "a: 2", "{a:2@l}"),
      ("a: 1", "a:", "{a:1@u}"),
      ("a: [1]", "a: [2, 3]", "{a:[1@u]}"),
      ("a: 1", "a: { x: 2 }", "{a:1@u}"),
      ("a: { x: 2 }", "a: 1", "{a:{x:2@u}}"),
      ("queues: { q: { x: 1 } }", "queues: { q: { y: 2 }, r: { z: 3 } }", "{queues:{q:{x:1@u y:2@l} r:{z:3@l}}}"),
      ("caches: { c: { x: 1 } }", "caches: { c: { y: 2 }, d: { z: 3 } }", "{caches:{c:{x:1@u} d:{z:3@l}}}"),
      ("caches: { c: }", "caches: { c: { y: 2 } }", "{caches:{c:{y:2@l}}}"),
    ])
  func merges(_ upper: String, _ lower: String, _ expected: String) throws {
    #expect(try Self.merged(upper, over: lower) == expected)
  }

  @Test("with itself changes nothing")
  func idempotent() throws {
    let tree = try #require(TreeReaderTests.tree(Fixture.complete))
    #expect(tree.merged(over: tree) == tree)
  }
}

extension String {
  fileprivate var escaped: String { replacing("\n", with: "\\n") }
}
