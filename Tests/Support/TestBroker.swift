import Failures
import Glibc
import Sandbox
import Synchronization

/// The Kafka broker of the test process, and topics of their own for tests.
public struct TestBroker: Sendable {
  /// host:port.
  public let brokers: String
  private let server: KafkaBroker

  /// The running broker; a machine without one fails the test and says what to do.
  public static func shared() throws -> TestBroker { try started.get() }

  private static let started = Result { try TestBroker() }

  private init() throws {
    let directory = getcwd(nil, 0).map { pointer in
      defer { free(pointer) }
      return String(cString: pointer)
    }
    let found = KafkaBroker.find(
      named: environment("USHER_BROKER"), workingDirectory: directory ?? "/", path: TestServers.path)
    guard let found else {
      throw Failure(
        .failed, "this test needs a Kafka broker and found none",
        hints: ["make setup, or set USHER_BROKER to a tansu binary"])
    }
    server = KafkaBroker(try TestServers.shared().home, program: found)
    brokers = try server.start().broker
  }

  /// A new topic that no other test knows.
  public func makeTopic(partitions: Int = 1) throws -> String {
    let number = Self.counter.withLock { counter in
      counter += 1
      return counter
    }
    let topic = "test-\(number)"
    try server.createTopic(topic, partitions: partitions, broker: brokers)
    return topic
  }

  private static let counter = Mutex(0)
}
