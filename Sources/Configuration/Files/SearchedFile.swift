/// The path of a configuration file, and what was found there.
public struct SearchedFile: Equatable, Sendable {
  /// What names the path.
  public enum Source: String, Sendable {
    case option = "--config"
    case variable = "USHER_CONFIG"
    case user
    case system
    case sandbox
  }

  public enum State: Equatable, Sendable {
    case used
    /// The file does not exist.
    case absent
    /// The operating system's reason.
    case unreadable(String)
    /// Not read, because a file that is named explicitly is used alone, or because the sandbox is not used.
    case passedOver
  }

  public let path: String
  public let source: Source
  public internal(set) var state: State
}

extension ConfigurationInput {
  /// The paths of files, in the order of precedence.
  ///
  /// Source: XDG Base Directory Specification; a relative XDG_CONFIG_HOME is invalid and is ignored.
  var filesToSearch: [SearchedFile] {
    var files: [SearchedFile] = []
    if let path = options.configPath { files.append(SearchedFile(path: path, source: .option, state: .absent)) }
    if let path = variable("USHER_CONFIG") { files.append(SearchedFile(path: path, source: .variable, state: .absent)) }
    let home = variable("HOME").map { $0 + "/.config" }
    if let base = variable("XDG_CONFIG_HOME").flatMap({ $0.hasPrefix("/") ? $0 : nil }) ?? home {
      files.append(SearchedFile(path: base + "/usher/config.yaml", source: .user, state: .absent))
    }
    files.append(SearchedFile(path: systemPath, source: .system, state: .absent))
    let isExplicit = files[0].source == .option || files[0].source == .variable
    if isExplicit { for index in files.indices.dropFirst() { files[index].state = .passedOver } }
    if let path = sandbox?.configPath, !files.contains(where: { $0.path == path }) {
      files.append(SearchedFile(path: path, source: .sandbox, state: .passedOver))
    }
    return files
  }
}
