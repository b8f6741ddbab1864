/// A path where a configuration file was looked for, and what was found.
public struct SearchedFile: Equatable, Sendable {
  /// Who names the path.
  public enum Source: String, Sendable {
    case option = "--config"
    case variable = "USHER_CONFIG"
    case user
    case system
    case sandbox
  }

  public enum State: Equatable, Sendable {
    case used
    /// There is no such file.
    case absent
    /// The operating system's reason.
    case unreadable(String)
    /// Not looked at, because a file that was named explicitly is used alone, or the sandbox isn't used.
    case passedOver
  }

  public let path: String
  public let source: Source
  public internal(set) var state: State
}

extension ConfigurationInput {
  /// The files to look at, the one whose values win first.
  ///
  /// Source: XDG Base Directory Specification; a relative XDG_CONFIG_HOME is invalid and ignored.
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
