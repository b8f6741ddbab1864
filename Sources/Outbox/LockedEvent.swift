/// An event whose row is locked, in the status of its candidate.
struct LockedEvent {
  let id: String
  let key: [UInt8]?
  let status: String
  /// The value of the published column, as text; nil for NULL, and where there is no such column.
  let published: String?
}
