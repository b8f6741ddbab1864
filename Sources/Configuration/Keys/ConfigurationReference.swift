/// All mappings and keys of the configuration file, for the manual. They are the declarations that the reader follows.
public enum ConfigurationReference {
  /// One mapping of the file.
  public struct Section: Sendable {
    /// `contexts.NAME`; names that the operator chooses are in capitals. Empty for the file itself.
    public let path: String
    public let help: String
    public let keys: [KeyDocumentation]
  }

  /// The file itself first, and each mapping before those inside of it.
  public static var sections: [Section] { sections(of: FileKeys.keys, path: "") }

  private static func sections(of keys: any SectionKeys, path: String) -> [Section] {
    let nested = keys.all.compactMap(\.section).flatMap { section in
      sections(of: section.keys, path: path.isEmpty ? section.path : "\(path).\(section.path)")
    }
    return [Section(path: path, help: keys.help, keys: keys.all.map(\.documentation))] + nested
  }
}
