internal import CRdkafka

/// Reads a topic back, by partition and offset; it joins no group and commits nothing.
///
/// It belongs to one thread.
public final class KafkaConsumer {
  public let target: KafkaTarget
  let handle: KafkaHandle

  /// Where in each partition reading begins.
  public enum Start: Sendable {
    case beginning
    /// The first record of this time or later, in milliseconds since 1970.
    case timestamp(milliseconds: Int64)
    /// By partition; those that are not named are left out.
    case offsets([Int32: Int64])
  }

  public init(_ target: KafkaTarget, options: KafkaOptions = .init()) throws(KafkaError) {
    self.target = target
    handle = try KafkaHandle(.consumer, target, options)
  }

  /// Hands every record that is in the topic now to `body`: up to the high watermarks of this moment, in order within a
  /// partition, the partitions mingled as they come.
  ///
  /// Stops early when `body` throws. Memory stays flat: librdkafka's own buffer is kept at 8 MiB.
  public func read(
    _ topic: String, from start: Start = .beginning, _ body: (KafkaMessage) throws -> Void
  ) throws {
    guard let known = try metadata().topic(topic) else {
      throw KafkaError(.unknownTopic, "read topic '\(topic)'", target, causes: ["the cluster has no such topic"])
    }
    var spans: [Int32: KafkaReading.Span] = [:]
    for (partition, first) in try firstOffsets(of: known, start) {
      let marks = try watermarks(topic, partition)
      if marks.isEmpty && (first ?? 0) <= marks.upperBound { continue }
      spans[partition] = KafkaReading.Span(
        from: max(first ?? marks.lowerBound, marks.lowerBound), end: marks.upperBound)
    }
    if !spans.isEmpty { try KafkaReading(handle, topic, spans).run(body) }
  }

  /// All of it at once: for topics that are known to be small.
  public func messages(_ topic: String, from start: Start = .beginning) throws -> [KafkaMessage] {
    var messages: [KafkaMessage] = []
    try read(topic, from: start) { messages.append($0) }
    return messages
  }

  /// The offsets of a partition: from the first that is kept to the one after the last.
  public func watermarks(_ topic: String, _ partition: Int32) throws(KafkaError) -> Range<Int64> {
    var low: Int64 = 0
    var high: Int64 = 0
    let code = rd_kafka_query_watermark_offsets(handle.pointer, topic, partition, &low, &high, milliseconds)
    handle.poll(wait: .zero)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw handle.error(code, "read the offsets of topic '\(topic)', partition \(partition)")
    }
    return low..<max(low, high)
  }

  private var milliseconds: Int32 { handle.options.connectTimeout.wholeMilliseconds }

  /// The first offset wanted of each partition; `nil` is "from its beginning".
  private func firstOffsets(of topic: KafkaMetadata.Topic, _ start: Start) throws(KafkaError) -> [Int32: Int64?] {
    switch start {
    case .beginning:
      return Dictionary(uniqueKeysWithValues: topic.partitions.map { ($0, nil) })
    case .offsets(let offsets):
      for partition in offsets.keys where !topic.partitions.contains(partition) {
        throw KafkaError(
          .unknownTopic, "read topic '\(topic.name)'", target, causes: ["it has no partition \(partition)"])
      }
      return offsets.mapValues { $0 }
    case .timestamp(let milliseconds):
      return try offsets(of: topic, at: milliseconds)
    }
  }

  private func offsets(of topic: KafkaMetadata.Topic, at time: Int64) throws(KafkaError) -> [Int32: Int64?] {
    // The list is ours.
    let list = rd_kafka_topic_partition_list_new(Int32(topic.partitions.count))
    defer { rd_kafka_topic_partition_list_destroy(list) }
    for partition in topic.partitions {
      rd_kafka_topic_partition_list_add(list, topic.name, partition).pointee.offset = time
    }
    let code = rd_kafka_offsets_for_times(handle.pointer, list, milliseconds)
    handle.poll(wait: .zero)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let found = list?.pointee else {
      throw handle.error(code, "find the offsets of a time in topic '\(topic.name)'")
    }
    let elements = UnsafeBufferPointer(start: found.elems, count: Int(found.cnt))
    // A partition without a record that late answers with a negative number.
    return Dictionary(
      uniqueKeysWithValues: elements.filter { $0.offset >= 0 }.map { ($0.partition, $0.offset) })
  }
}

/// One pass over the spans of a topic's partitions.
private final class KafkaReading {
  /// The offsets of one partition that are still to be read.
  struct Span {
    var from: Int64
    /// The high watermark when reading began.
    ///
    /// The first fetch corrects it upwards: tansu 0.6 answers the question for the latest offset with too low a one,
    /// while its fetches have it right.
    var end: Int64
    var isBegun = false
  }

  private let handle: KafkaHandle
  private let name: String
  /// What is still to come, by partition.
  private var spans: [Int32: Span]
  /// `rd_kafka_topic_t` and the queue that its partitions are fetched into. Both ours; freed in `deinit`.
  private let topic: OpaquePointer
  private let queue: OpaquePointer

  init(_ handle: KafkaHandle, _ name: String, _ spans: [Int32: Span]) throws(KafkaError) {
    guard let topic = rd_kafka_topic_new(handle.pointer, name, nil) else {
      throw handle.error(rd_kafka_last_error(), "read topic '\(name)'")
    }
    self.handle = handle
    self.name = name
    self.spans = spans
    self.topic = topic
    queue = rd_kafka_queue_new(handle.pointer)
  }

  deinit {
    rd_kafka_queue_destroy(queue)
    rd_kafka_topic_destroy(topic)
  }

  func run(_ body: (KafkaMessage) throws -> Void) throws {
    let partitions = Array(spans.keys)
    defer { for partition in partitions { rd_kafka_consume_stop(topic, partition) } }
    for (partition, span) in spans {
      guard rd_kafka_consume_start_queue(topic, partition, span.from, queue) == 0 else {
        throw handle.error(rd_kafka_last_error(), action)
      }
    }
    var batch = [UnsafeMutablePointer<rd_kafka_message_t>?](repeating: nil, count: 500)
    var lastProgress = ContinuousClock().now
    while !spans.isEmpty {
      let count = rd_kafka_consume_batch_queue(queue, 200, &batch, batch.count)
      handle.poll(wait: .zero)
      // The messages are ours, whatever happens to the first of them.
      defer { for message in batch.prefix(max(0, count)) { rd_kafka_message_destroy(message) } }
      for case let message? in batch.prefix(max(0, count)) { try take(message, body) }
      if count > 0 { lastProgress = ContinuousClock().now }
      guard count > 0 || ContinuousClock().now - lastProgress < handle.options.deliveryTimeout else {
        throw handle.error(RD_KAFKA_RESP_ERR__TIMED_OUT, action)
      }
    }
  }

  private var action: String { "read topic '\(name)'" }

  /// As the last fetch had it; 0 before the first.
  private func highWatermark(_ partition: Int32) -> Int64 {
    var low: Int64 = 0
    var high: Int64 = 0
    let code = rd_kafka_get_watermark_offsets(handle.pointer, name, partition, &low, &high)
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ? high : 0
  }

  private func take(
    _ message: UnsafeMutablePointer<rd_kafka_message_t>, _ body: (KafkaMessage) throws -> Void
  ) throws {
    let partition = message.pointee.partition
    switch message.pointee.err {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      guard var span = spans[partition] else { return }
      if !span.isBegun {
        span.isBegun = true
        span.end = max(span.end, highWatermark(partition))
      }
      let offset = message.pointee.offset
      if offset >= span.from && offset < span.end { try body(KafkaMessage(message, topic: name)) }
      span.from = max(span.from, offset + 1)
      spans[partition] = span.from < span.end ? span : nil
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      // The last offset of a span may be one that no record stands at: the end of a transaction, a compacted one.
      spans[partition] = nil
    case RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__TIMED_OUT:
      break  // librdkafka connects again; the time without progress is bounded.
    default:
      throw handle.error(message.pointee.err, action)
    }
  }
}

extension KafkaMessage {
  /// A copy of everything: the message and its headers go back to librdkafka.
  fileprivate init(_ message: UnsafeMutablePointer<rd_kafka_message_t>, topic: String) {
    let source = message.pointee
    var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
    let time = rd_kafka_message_timestamp(message, &kind)
    self.init(
      topic: topic, partition: source.partition, offset: source.offset, key: copied(source.key, source.key_len),
      value: copied(source.payload, source.len), headers: headerList(of: message),
      timestampMilliseconds: kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || time < 0 ? nil : time)
  }
}

private func copied(_ start: UnsafeRawPointer?, _ count: Int) -> [UInt8]? {
  start.map { [UInt8](UnsafeRawBufferPointer(start: $0, count: count)) }
}

private func headerList(of message: UnsafeMutablePointer<rd_kafka_message_t>) -> [(name: String, value: [UInt8]?)] {
  // The list belongs to the message.
  var list: OpaquePointer?
  guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
  var headers: [(name: String, value: [UInt8]?)] = []
  var name: UnsafePointer<CChar>?
  var value: UnsafeRawPointer?
  var size = 0
  while rd_kafka_header_get_all(list, headers.count, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR, let name {
    headers.append((name: String(cString: name), value: copied(value, size)))
  }
  return headers
}
