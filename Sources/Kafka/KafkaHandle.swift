internal import CRdkafka

/// One librdkafka client, its event queue, and what its log has said.
///
/// Events are polled; no C function pointer reaches back into Swift, so nothing of ours is held by librdkafka and everything
/// happens on the owner's thread. librdkafka's own threads only move bytes.
final class KafkaHandle {
  enum Role {
    case producer, consumer
  }

  let target: KafkaTarget
  let options: KafkaOptions
  /// `rd_kafka_t`. We own it; freed in `deinit`.
  let pointer: OpaquePointer
  /// The main queue, a reference that we own; freed in `deinit`, before the client.
  private let queue: OpaquePointer
  /// The last few complaints about the connection, newest last, without repeats: the causes of the next error.
  private(set) var heard: [String] = []
  /// Set when librdkafka said that no broker is left; cleared by the next delivery.
  private(set) var allBrokersDown = false

  init(_ role: Role, _ target: KafkaTarget, _ options: KafkaOptions) throws(KafkaError) {
    guard let configuration = rd_kafka_conf_new() else {
      throw KafkaError(.other, "set up a client", target, causes: ["out of memory"])
    }
    do throws(KafkaError) {
      try Self.configure(configuration, role, target, options)
    } catch {
      rd_kafka_conf_destroy(configuration)
      throw error
    }
    var reason = [CChar](repeating: 0, count: 512)
    let type = role == .producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER
    guard let pointer = rd_kafka_new(type, configuration, &reason, reason.count) else {
      // The configuration becomes librdkafka's only when this succeeds.
      rd_kafka_conf_destroy(configuration)
      let text = Self.scrubbed(Self.text(reason), of: target)
      throw KafkaError(.configuration, "set up a client", target, causes: [text])
    }
    self.target = target
    self.options = options
    self.pointer = pointer
    queue = rd_kafka_queue_get_main(pointer)
    rd_kafka_set_log_queue(pointer, nil)
  }

  deinit {
    rd_kafka_queue_destroy(queue)
    rd_kafka_destroy_flags(pointer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
  }

  /// Hands each event that is waiting to `body`, at most `wait` after the last; logs and errors are dealt with here.
  ///
  /// - Returns: whether there was any.
  @discardableResult
  func poll(wait: Duration, _ body: (OpaquePointer) -> Void = { _ in }) -> Bool {
    guard let first = rd_kafka_queue_poll(queue, wait.wholeMilliseconds) else { return false }
    var event = Optional(first)
    while let current = event {
      serve(current, body)
      // An event that was polled is ours.
      rd_kafka_event_destroy(current)
      event = rd_kafka_queue_poll(queue, 0)
    }
    return true
  }

  /// An error for `code`, with what the log had to say as its causes.
  func error(_ code: rd_kafka_resp_err_t, _ action: String) -> KafkaError {
    if code == RD_KAFKA_RESP_ERR__FATAL, let fatal = fatalError(action) { return fatal }
    return KafkaError(code, action, target, heard: heard)
  }

  /// The error that ended an idempotent producer for good, if one has.
  func fatalError(_ action: String) -> KafkaError? {
    var reason = [CChar](repeating: 0, count: 512)
    let code = rd_kafka_fatal_error(pointer, &reason, reason.count)
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
    let name = String(cString: rd_kafka_err2name(code))
    return KafkaError(.fatal, action, target, name: name, causes: [Self.text(reason)])
  }

  func noteDelivery() {
    allBrokersDown = false
    if !heard.isEmpty { heard = [] }
  }

  /// Whether waiting longer is pointless: the broker refused us, or speaks what this library can't read.
  var isHopeless: Bool {
    heard.contains { KafkaLibrary.saysReadUnderflow($0) || $0.contains("SASL authentication error") }
  }

  private func serve(_ event: OpaquePointer, _ body: (OpaquePointer) -> Void) {
    switch rd_kafka_event_type(event) {
    case RD_KAFKA_EVENT_LOG:
      var facility: UnsafePointer<CChar>?
      var line: UnsafePointer<CChar>?
      var level: Int32 = 0
      guard rd_kafka_event_log(event, &facility, &line, &level) == 0, let line else { return }
      let text = String(cString: line)
      if KafkaLibrary.saysReadUnderflow(text) { hear(text) }
      options.log(KafkaLogLevel(rawValue: level) ?? .debug, text)
    case RD_KAFKA_EVENT_ERROR:
      let code = rd_kafka_event_error(event)
      if code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN { allBrokersDown = true }
      guard let text = rd_kafka_event_error_string(event) else { return }
      hear(String(cString: text))
    default:
      body(event)
    }
  }

  /// Keeps the three newest complaints, without the name of the thread that librdkafka puts in front.
  private func hear(_ line: String) {
    var text = line[...]
    if text.hasPrefix("[thrd:"), let end = text.firstIndex(of: "]") {
      text = text[text.index(after: end)...].drop { $0 == ":" || $0 == " " }
    }
    let plain = Self.scrubbed(String(text), of: target)
    guard !heard.contains(plain) else { return }
    heard = heard.suffix(2) + [plain]
  }
}

// MARK: - Properties

extension KafkaHandle {
  private static func configure(
    _ configuration: OpaquePointer, _ role: Role, _ target: KafkaTarget, _ options: KafkaOptions
  ) throws(KafkaError) {
    for name in target.properties.keys.sorted() where KafkaTarget.reserved.contains(name) {
      let cause = "usher sets it itself, because order and acknowledgement depend on it"
      throw KafkaError(.configuration, "set the property '\(name)'", target, causes: [cause])
    }
    var properties = defaults(role, options)
    properties.merge(target.properties) { _, users in users }
    properties.merge(ours(role, target)) { _, ours in ours }
    var reason = [CChar](repeating: 0, count: 512)
    for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
      guard rd_kafka_conf_set(configuration, name, value, &reason, reason.count) != RD_KAFKA_CONF_OK else { continue }
      let cause = KafkaTarget.isSecret(property: name) ? "librdkafka does not take its value" : text(reason)
      throw KafkaError(
        .configuration, "set the property '\(name)'", target, causes: [scrubbed(cause, of: target)])
    }
    // Log lines come as events, all but those without a client; these must not reach standard error either.
    rd_kafka_conf_set_log_cb(configuration) { _, _, _, _ in }
    rd_kafka_conf_set_events(configuration, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG)
  }

  /// What a user's property may change.
  private static func defaults(_ role: Role, _ options: KafkaOptions) -> [String: String] {
    var properties = [
      "client.id": options.clientID,
      "reconnect.backoff.max.ms": "1000",
      "socket.connection.setup.timeout.ms": "\(max(1_000, options.connectTimeout.wholeMilliseconds))",
      "socket.keepalive.enable": "true",
      "socket.timeout.ms": "\(max(1_000, min(60_000, options.deliveryTimeout.wholeMilliseconds)))",
    ]
    switch role {
    case .consumer:
      // Bounds memory; the default is 64 MiB a partition's queue.
      properties["queued.max.messages.kbytes"] = "8192"
      // How long a fetch at the end waits for more, before the end is reported.
      properties["fetch.wait.max.ms"] = "100"
    case .producer:
      properties["linger.ms"] = "5"
      properties["message.timeout.ms"] = "\(max(100, options.deliveryTimeout.wholeMilliseconds))"
      // Bounds memory: records beyond it wait in `produce`, not in the queue.
      properties["queue.buffering.max.kbytes"] = "16384"
      properties["topic.metadata.propagation.max.ms"] = "5000"
    }
    return properties
  }

  /// What it may not: see `KafkaTarget.reserved`.
  private static func ours(_ role: Role, _ target: KafkaTarget) -> [String: String] {
    var properties = ["log.queue": "true"]
    // Without a broker list a mock cluster of librdkafka's own can still be meant.
    if !target.brokers.isEmpty { properties["bootstrap.servers"] = target.brokers }
    switch role {
    case .producer: properties["enable.idempotence"] = "true"  // implies acks=all and order
    case .consumer: properties["enable.partition.eof"] = "true"
    }
    return properties
  }

  /// `text` without the values of secret properties.
  private static func scrubbed(_ text: String, of target: KafkaTarget) -> String {
    target.properties.reduce(text) { text, property in
      guard KafkaTarget.isSecret(property: property.key), !property.value.isEmpty else { return text }
      return text.replacing(property.value, with: "…")
    }
  }

  /// A C buffer up to its end mark.
  private static func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
