import Failures
import Glibc

/// A private Kafka-compatible broker in memory, on a free port of the loopback interface: Tansu, where one is found.
public struct KafkaBroker: Sendable {
  let home: ServerHome
  let program: String

  public init(_ home: ServerHome, program: String) {
    self.home = home
    self.program = program
  }

  /// The program that USHER_BROKER names, then `.tools/tansu` in this directory or one above it, then the PATH's.
  public static func find(named: String?, workingDirectory: String, path: String) -> String? {
    if let named, !named.isEmpty { return access(named, X_OK) == 0 ? named : nil }
    var directory = workingDirectory[...]
    while true {
      let candidate = "\(directory)/.tools/tansu"
      if access(candidate, X_OK) == 0 { return candidate }
      guard let slash = directory.lastIndex(of: "/") else { break }
      directory = directory[..<slash]
    }
    return Programs.find("tansu", path: path)
  }

  /// Starts the broker and waits until its port is open.
  ///
  /// Between choosing a free port and listening on it somebody else may take it: then another one is tried.
  public func start() throws(Failure) -> (broker: String, child: ChildProcess) {
    var last: Failure?
    for _ in 0..<5 {
      let port = try Self.freePort()
      let address = "127.0.0.1:\(port)"
      let words = [
        "broker", "--silent", "--listener-url", "tcp://\(address)", "--advertised-listener-url", "tcp://\(address)",
        "--storage-engine", "memory://tansu/",
      ]
      do {
        let child = try home.command("kafka", program, words).spawn()
        try home.waitUntilReady("kafka", child) { Self.accepts(port) }
        return (address, child)
      } catch { last = error }
    }
    throw last ?? Failure(.unavailable, "cannot start a Kafka broker")
  }

  /// Creates a topic; one that exists already stays as it is.
  public func createTopic(_ topic: String, partitions: Int, broker: String) throws(Failure) {
    let words = ["topic", "create", "--broker", "tcp://\(broker)", "--partitions", "\(partitions)", topic]
    let (exit, text) = try ChildCommand(program, words).capture()
    guard exit == .status(0) || text.contains(Self.saysTopicExists) else {
      throw Failure(.failed, "cannot create the topic '\(topic)'", causes: [text])
    }
  }

  /// Deletes a topic with its records; one that does not exist is fine.
  func deleteTopic(_ topic: String, broker: String) throws(Failure) {
    let (exit, text) = try ChildCommand(program, ["topic", "delete", "--broker", "tcp://\(broker)", topic]).capture()
    guard exit == .status(0) || text.contains(Self.saysTopicUnknown) else {
      throw Failure(.failed, "cannot delete the topic '\(topic)'", causes: [text])
    }
  }

  // Kafka's own words for its errors 36 and 3, as the program prints them; its status is 1 for any error.
  private static let saysTopicExists = "Topic with this name already exists"
  private static let saysTopicUnknown = "This server does not host this topic-partition"

  private static func freePort() throws(Failure) -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = loopback(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
      }
    }
    guard status == 0 else {
      throw Failure(.failed, "cannot find a free port on 127.0.0.1", causes: [lastSystemError()])
    }
    return UInt16(bigEndian: address.sin_port)
  }

  static func accepts(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = loopback(port: port)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  private static func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
    return address
  }
}
