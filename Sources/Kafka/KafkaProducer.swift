internal import CRdkafka

/// Sends records, each acknowledged by all in-sync replicas, in order within a partition and without duplicates of its own.
///
/// It belongs to one thread. `produce` only queues; `takeDeliveries` gives what was acknowledged or failed since, and
/// `waitForDeliveries` waits for all of it. Nothing is sent twice by retries (enable.idempotence), but a record whose report
/// says `timedOut` may have arrived.
public final class KafkaProducer {
  public let target: KafkaTarget
  let handle: KafkaHandle
  /// Records that were taken and have no report yet.
  public private(set) var outstanding = 0
  private var deliveries: [KafkaDelivery] = []
  /// Topic handles by name; each is ours until `deinit`.
  private var topics: [String: OpaquePointer] = [:]
  /// Seven arguments for `rd_kafka_produceva`, reused; ours until `deinit`.
  private let arguments = UnsafeMutablePointer<rd_kafka_vu_t>.allocate(capacity: 7)

  /// Sets the client up; it connects on its own in the background. `metadata` tells whether it could.
  public init(_ target: KafkaTarget, options: KafkaOptions = .init()) throws(KafkaError) {
    self.target = target
    arguments.initialize(repeating: rd_kafka_vu_t(), count: 7)
    do throws(KafkaError) {
      handle = try KafkaHandle(.producer, target, options)
    } catch {
      arguments.deallocate()
      throw error
    }
  }

  /// Records without a report are dropped: call `waitForDeliveries` before.
  deinit {
    if outstanding > 0 { rd_kafka_purge(handle.pointer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT) }
    for topic in topics.values { rd_kafka_topic_destroy(topic) }
    arguments.deallocate()
  }

  /// Queues a record, whose report will carry `token`. The bytes are copied.
  ///
  /// While the queue is full it waits for reports, so memory stays flat. Throws for what is known at once: a record that is
  /// too large, a topic that is known not to exist, a producer that has failed for good.
  public func produce(_ record: KafkaRecord, token: Int) throws(KafkaError) {
    let topic = try topicHandle(record.topic)
    let clock = ContinuousClock()
    var deadline: ContinuousClock.Instant?
    while true {
      let code = send(record, to: topic, token: token)
      switch code {
      case RD_KAFKA_RESP_ERR_NO_ERROR:
        outstanding += 1
        // Every so often, so that reports do not pile up behind a long run of records.
        if outstanding & 0x3FF == 0 { poll() }
        return
      case RD_KAFKA_RESP_ERR__QUEUE_FULL:
        let end = deadline ?? clock.now + patience
        deadline = end
        guard clock.now < end else { throw handle.error(RD_KAFKA_RESP_ERR__TIMED_OUT, action(record.topic)) }
        poll(wait: .milliseconds(50))
      default:
        poll()
        throw handle.error(code, action(record.topic))
      }
    }
  }

  /// The reports that have come in since the last call, in the order in which they came.
  public func takeDeliveries() -> [KafkaDelivery] {
    poll()
    defer { deliveries = [] }
    return deliveries
  }

  /// Waits until every record has its report, and gives those that were not taken yet.
  ///
  /// It is bounded: a record without an acknowledgement fails with `timedOut` after the delivery timeout. A failure of which
  /// `givesUp` says so gives up what has not been sent (`purgeUnsent`).
  public func waitForDeliveries(
    givingUpAfter givesUp: (KafkaError) -> Bool = { _ in false }
  ) throws(KafkaError) -> [KafkaDelivery] {
    let end = ContinuousClock().now + patience
    var seen = 0
    while outstanding > 0 {
      poll(wait: .milliseconds(100))
      if deliveries[seen...].contains(where: { $0.error.map(givesUp) ?? false }) { purgeUnsent() }
      seen = deliveries.count
      guard outstanding == 0 || ContinuousClock().now < end else {
        throw handle.error(RD_KAFKA_RESP_ERR__TIMED_OUT, "send \(outstanding) records")
      }
    }
    return takeDeliveries()
  }

  /// Gives up what has not been sent yet; each such record gets a report that says `purged`.
  ///
  /// Records that are on their way are left unchanged, because the broker may have them: their own reports will tell.
  public func purgeUnsent() {
    rd_kafka_purge(handle.pointer, RD_KAFKA_PURGE_F_QUEUE)
    poll()
  }

  /// Why this producer can't send anything more, if it can't.
  public var fatalError: KafkaError? { handle.fatalError("send") }

  /// Whether librdkafka reported that no broker is left, and nothing has been delivered since.
  public var allBrokersDown: Bool { handle.allBrokersDown }

  /// Longer than any record may take to get its report; librdkafka looks for late ones once a second.
  private var patience: Duration { handle.options.deliveryTimeout * 2 + .seconds(5) }

  private func action(_ topic: String) -> String { "send to topic '\(topic)'" }

  private func poll(wait: Duration = .zero) {
    handle.poll(wait: wait) { event in
      guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR else { return }
      while let message = rd_kafka_event_message_next(event) { note(message.pointee) }
    }
  }

  /// Notes one report. The message belongs to its event.
  private func note(_ message: rd_kafka_message_t) {
    outstanding -= 1
    let token = Int(bitPattern: message._private)
    if message.err == RD_KAFKA_RESP_ERR_NO_ERROR {
      handle.noteDelivery()
      deliveries.append(
        KafkaDelivery(token: token, outcome: .acknowledged(partition: message.partition, offset: message.offset)))
    } else {
      let topic = message.rkt.map { String(cString: rd_kafka_topic_name($0)) } ?? ""
      deliveries.append(KafkaDelivery(token: token, outcome: .failed(handle.error(message.err, action(topic)))))
    }
  }

  private func topicHandle(_ name: String) throws(KafkaError) -> OpaquePointer {
    if let topic = topics[name] { return topic }
    guard let topic = rd_kafka_topic_new(handle.pointer, name, nil) else {
      throw handle.error(rd_kafka_last_error(), action(name))
    }
    topics[name] = topic
    return topic
  }
}

// MARK: - The call

extension KafkaProducer {
  /// Passes one record to librdkafka, which copies key and value.
  private func send(_ record: KafkaRecord, to topic: OpaquePointer, token: Int) -> rd_kafka_resp_err_t {
    var count = 6
    arguments[0].vtype = RD_KAFKA_VTYPE_RKT
    arguments[0].u.rkt = topic
    arguments[1].vtype = RD_KAFKA_VTYPE_PARTITION
    arguments[1].u.i32 = record.partition ?? RD_KAFKA_PARTITION_UA
    arguments[2].vtype = RD_KAFKA_VTYPE_OPAQUE
    arguments[2].u.ptr = UnsafeMutableRawPointer(bitPattern: token)
    // Without this flag librdkafka would keep our pointer to the value, which is good for the call only.
    arguments[5].vtype = RD_KAFKA_VTYPE_MSGFLAGS
    arguments[5].u.i = RD_KAFKA_MSG_F_COPY
    var headers: OpaquePointer?
    if !record.headers.isEmpty {
      headers = makeHeaders(record.headers)
      arguments[6].vtype = RD_KAFKA_VTYPE_HEADERS
      arguments[6].u.headers = headers
      count = 7
    }
    let error = withBytes(record.key) { keyStart, keyCount in
      withBytes(record.value) { valueStart, valueCount in
        arguments[3].vtype = RD_KAFKA_VTYPE_KEY
        arguments[3].u.mem = .init(ptr: keyStart, size: keyCount)
        arguments[4].vtype = RD_KAFKA_VTYPE_VALUE
        arguments[4].u.mem = .init(ptr: valueStart, size: valueCount)
        return rd_kafka_produceva(handle.pointer, arguments, count)
      }
    }
    guard let error else { return RD_KAFKA_RESP_ERR_NO_ERROR }
    // On failure the headers stay ours, and so does the error.
    if let headers { rd_kafka_headers_destroy(headers) }
    defer { rd_kafka_error_destroy(error) }
    return rd_kafka_error_code(error)
  }

  /// A list of headers; it becomes librdkafka's when the record is taken.
  private func makeHeaders(_ headers: [(name: String, value: [UInt8])]) -> OpaquePointer? {
    let list = rd_kafka_headers_new(headers.count)
    for (name, value) in headers {
      withBytes(value) { start, count in
        _ = rd_kafka_header_add(list, name, -1, start, count)
      }
    }
    return list
  }

  /// Lends the bytes as librdkafka wants them: a null pointer is "none", so "empty" needs one that isn't.
  private func withBytes<T>(_ bytes: [UInt8]?, _ body: (UnsafeMutableRawPointer?, Int) -> T) -> T {
    guard let bytes else { return body(nil, 0) }
    return bytes.withUnsafeBytes { buffer in
      let start = UnsafeMutableRawPointer(mutating: buffer.baseAddress) ?? UnsafeMutableRawPointer(arguments)
      return body(start, buffer.count)
    }
  }
}
