/// All keys of one mapping of the configuration file.
///
/// A type that conforms has a stored property for each key, and nothing else is needed to make the key known: to the reader, which
/// takes values by these properties and refuses every other key, and to the manual.
protocol SectionKeys: Sendable {
  /// What the mapping is about; whole sentences. Stored or computed.
  var help: String { get }
}

extension SectionKeys {
  /// The keys in the order of their declarations. Read from the stored properties, because a second list could miss a key.
  var all: [any DeclaredKey] { Mirror(reflecting: self).children.compactMap { $0.value as? any DeclaredKey } }
}
