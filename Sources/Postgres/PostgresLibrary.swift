import CLibpq

/// The libpq that this process runs with.
public enum PostgresLibrary {
  /// `15.10`, from libpq's own number: major times 10,000 plus minor.
  public static var version: String {
    let number = PQlibVersion()
    return "\(number / 10_000).\(number % 10_000)"
  }
}
