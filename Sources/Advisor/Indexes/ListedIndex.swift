/// An index with what the other indexes of its table say about it.
@dynamicMemberLookup
public struct ListedIndex: Equatable, Sendable {
  public let index: IndexDescription
  /// The index that does what this one does; nil for none.
  public let redundantWith: String?

  public subscript<T>(dynamicMember path: KeyPath<IndexDescription, T>) -> T { index[keyPath: path] }
}
