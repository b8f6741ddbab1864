import Failures
import Glibc

/// The user that servers run as where usher itself is root, because PostgreSQL refuses to run as root.
public struct ServerUser: Equatable, Sendable {
  public let name: String
  public let uid: uid_t
  public let gid: gid_t

  /// `postgres` where there is one, else `nobody`; nil if usher is not root and servers simply run as itself.
  static func needed() throws(Failure) -> ServerUser? {
    guard geteuid() == 0 else { return nil }
    for name in ["postgres", "nobody"] {
      if let user = named(name) { return user }
    }
    throw Failure(
      .failed, "cannot run PostgreSQL as root, and found neither the user 'postgres' nor 'nobody'",
      hints: ["run usher as another user"])
  }

  private static func named(_ name: String) -> ServerUser? {
    var record = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    guard getpwnam_r(name, &record, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
    return ServerUser(name: name, uid: record.pw_uid, gid: record.pw_gid)
  }

  /// Whether this user can reach a directory.
  func canReach(_ path: String) -> Bool {
    var walked = ""
    for name in path.split(separator: "/") {
      walked += "/\(name)"
      var status = stat()
      guard stat(walked, &status) == 0 else { return false }
      let bit: mode_t = status.st_uid == uid ? 0o100 : status.st_gid == gid ? 0o010 : 0o001
      guard status.st_mode & bit != 0 else { return false }
    }
    return true
  }
}
