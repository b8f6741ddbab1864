import CHiredis

/// The hiredis that this program was built with; hiredis cannot be asked for its version at run time.
public enum RedisLibrary {
  /// `0.14.1`.
  public static var version: String { "\(HIREDIS_MAJOR).\(HIREDIS_MINOR).\(HIREDIS_PATCH)" }
}
