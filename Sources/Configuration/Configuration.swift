import Failures
import Text

/// What the options, the environment, the configuration files and the running sandbox say together.
///
/// A file that is named explicitly is used alone. Otherwise each value of the user's file replaces that of the system's file.
public struct Configuration: Sendable {
  /// Everything that is wrong in the files, in their order.
  public let problems: [ConfigurationProblem]

  /// The contexts of all files, by name.
  public var contexts: [ContextSettings] { document.contexts.values.sorted { $0.name < $1.name } }

  let input: ConfigurationInput
  let document: Document
  /// The sandbox's file is not read here, because only `resolve` decides whether the sandbox is used.
  let files: [SearchedFile]

  /// The paths of files, in the order of precedence.
  public var searchedFiles: [SearchedFile] {
    guard input.sandbox != nil, (try? resolve())?.isSandbox == true else { return files }
    return files.map { file in
      var file = file
      if file.source == .sandbox { file.state = Self.readTree(file, read: input.read, problems: ProblemList()).1 }
      return file
    }
  }

  /// Reads the files. It never fails, so that commands that need no store still run: what is wrong is in `problems`, with which
  /// `resolve` fails.
  public static func load(_ input: ConfigurationInput) -> Configuration {
    let problems = ProblemList()
    var files = input.filesToSearch
    var merged: Tree?
    for index in files.indices where files[index].state != .passedOver {
      let (tree, state) = readTree(files[index], read: input.read, problems: problems)
      files[index].state = state
      guard let tree else { continue }
      _ = input.document(tree, isPartial: true, problems: problems)
      merged = merged?.merged(over: tree) ?? tree
    }
    let document = merged.map { input.document($0, isPartial: false, problems: problems) } ?? Document()
    return Configuration(
      problems: problems.sorted(byFiles: files.map(\.path)), input: input, document: document, files: files)
  }

  /// What the sandbox's file says. It describes the sandbox's stores, so it is never combined with another file.
  func sandboxDocument() throws(Failure) -> Document? {
    guard let file = files.first(where: { $0.source == .sandbox }) else { return nil }
    let problems = ProblemList()
    let (tree, _) = Self.readTree(file, read: input.read, problems: problems)
    let document = tree.map { input.document($0, isPartial: false, problems: problems) }
    try Self.refuse(problems.sorted(byFiles: [file.path]))
    return document
  }

  /// Throws if the files have problems.
  public func refuseProblems() throws(Failure) { try Self.refuse(problems) }

  private static func refuse(_ problems: [ConfigurationProblem]) throws(Failure) {
    guard let first = problems.first else { return }
    if problems.count == 1 { throw Failure(.configuration, first.description) }
    throw Failure(
      .configuration, "the configuration has \(problems.count.grouped) problems", causes: problems.map(\.description))
  }

  /// A file that was named explicitly must exist; the others may be absent.
  private static func readTree(
    _ file: SearchedFile, read: FileReading, problems: ProblemList
  ) -> (Tree?, SearchedFile.State) {
    let bytes: [UInt8]?
    do {
      bytes = try read(file.path)
    } catch {
      problems.add("cannot read '\(file.path)': \(error.reason)", at: nil)
      return (nil, .unreadable(error.reason))
    }
    guard let bytes else {
      if file.source == .option || file.source == .variable {
        problems.add("\(file.source.rawValue) names '\(file.path)', which does not exist", at: nil)
      }
      return (nil, .absent)
    }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      problems.add("the text is not UTF-8", at: placeOfBadByte(in: bytes, file: file.path))
      return (nil, .used)
    }
    var reader = TreeReader(bytes, file: file.path, problems: problems)
    return (reader.read(), .used)
  }

  private static func placeOfBadByte(in bytes: [UInt8], file: String) -> Place {
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    let bad = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
    let repaired = String(decoding: lines[bad], as: UTF8.self).unicodeScalars
    let column = repaired.firstIndex(of: "\u{FFFD}").map { repaired.distance(from: repaired.startIndex, to: $0) } ?? 0
    return Place(file: file, line: bad + 1, column: column + 1)
  }
}

extension ConfigurationInput {
  /// What a tree says. What is wrong in it is added to `problems`.
  fileprivate func document(_ tree: Tree, isPartial: Bool, problems: ProblemList) -> Document {
    let document = Document(tree, isPartial: isPartial, problems: problems)
    for (name, text) in document.outbox?.publishing?.templates ?? [] {
      guard let mistake = templateMistake(text.value), case .file(let place, _) = text.origin else { continue }
      problems.add(
        "'\(name)' of '\(OutboxKeys.keys.publish.name)' of the outbox is '\(text.value)': \(mistake)", at: place)
    }
    return document
  }
}
