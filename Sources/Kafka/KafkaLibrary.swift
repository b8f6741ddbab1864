internal import CRdkafka

/// The librdkafka that this process runs with, which may be newer than the one it was built against.
public enum KafkaLibrary {
  /// As librdkafka says it: `2.0.2`.
  public static var version: String { String(cString: rd_kafka_version_str()) }

  /// Whether this librdkafka reads the tagged fields of an answer one byte short, so that some brokers can't be talked to.
  ///
  /// It skipped `length - 1` bytes of each tag until 2.2.0. An answer to ApiVersions that carries a tag longer than a byte
  /// (a finalized-features epoch of -1, say) then ends in 'Read underflow', before anything else can be asked.
  ///
  /// Source: librdkafka, CHANGELOG.md, v2.2.0, "skipping tags".
  public static var readsTagsShort: Bool { rd_kafka_version() < 0x0202_0000 }

  /// What helps against it, as a hint.
  static let newerLibraryHint =
    "put a directory with librdkafka.so.1 of version 2.2 or newer first in LD_LIBRARY_PATH "
    + "(the one in the Python wheel confluent-kafka works)"

  /// Whether a line of librdkafka's log, or the text of an error, is that defect showing.
  static func saysReadUnderflow(_ text: String) -> Bool {
    text.contains("Read underflow") && (text.contains("ApiVersion") || text.contains("APIVERSION"))
  }
}
