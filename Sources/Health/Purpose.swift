/// What a probe is for, by which commands choose their probes.
public enum Purpose: CaseIterable, Sendable {
  /// How the service runs now. Such a probe takes few round trips, so that it can be repeated every few seconds; the count of
  /// a cache's keys alone walks over the database.
  case operation
  /// Whether usher's commands find what they need, and traps in how the service keeps its data.
  case fitness
}
