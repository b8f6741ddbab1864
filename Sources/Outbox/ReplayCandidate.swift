/// An event that the replay may send, as the plan's order lists it, before its row is locked.
struct ReplayCandidate {
  let id: String
  /// The status when the order was read.
  let status: String
  /// The record's key, within which order is kept; nil for an event that needs no order.
  let key: [UInt8]?
}
