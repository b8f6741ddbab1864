import CHiredis
import Glibc

/// A connected socket with hiredis's protocol reader: words go in, replies come out in the same order.
///
/// The one owner of both: `deinit` closes the socket and frees the reader. Not thread-safe.
final class RedisChannel {
  private let descriptor: Int32
  private let reader: UnsafeMutablePointer<redisReader>
  private var output: [UInt8] = []
  private var sentCount = 0
  private var isOutputClosed = false
  private var parsed = Fifo<RedisValue>()
  private let input: UnsafeMutableRawBufferPointer

  /// How much may wait to be sent before `send` makes room: enough to keep a network busy, little beside the process.
  private static let outputLimit = 512 * 1024
  /// Small, because hiredis moves the rest of its buffer after every kilobyte that it consumed.
  private static let inputSize = 32 * 1024

  /// Takes over a connected, non-blocking descriptor.
  init(_ descriptor: Int32) throws(ChannelProblem) {
    guard let reader = redisReaderCreate() else {
      close(descriptor)
      throw .system(call: "redisReaderCreate", code: ENOMEM)
    }
    self.descriptor = descriptor
    self.reader = reader
    reader.pointee.maxbuf = 1024 * 1024
    input = .allocate(byteCount: Self.inputSize, alignment: 16)
  }

  deinit {
    close(descriptor)
    redisReaderFree(reader)
    input.deallocate()
  }

  /// Queues one command; when much waits already, sends some of it and takes in replies meanwhile, so that neither side
  /// waits for the other without end.
  func send(_ words: [RedisArgument], patience: consuming Patience) throws(ChannelProblem) {
    encode(words)
    if output.count - sentCount > Self.outputLimit { try transmit() }
    while output.count - sentCount > Self.outputLimit { try step(&patience) }
  }

  /// The next reply, after sending all that waits.
  func receive(patience: consuming Patience) throws(ChannelProblem) -> RedisValue {
    try transmit()
    while true {
      if let reply = parsed.popFirst() { return reply }
      try step(&patience)
    }
  }

  /// Whether a reply has come that nobody has taken yet.
  var hasReply: Bool { !parsed.isEmpty }

  /// Source: https://redis.io/docs/latest/develop/reference/protocol-spec/#sending-commands-to-a-redis-server
  private func encode(_ words: [RedisArgument]) {
    appendLength(UInt8(ascii: "*"), words.count)
    for word in words {
      appendLength(UInt8(ascii: "$"), word.bytes.count)
      output.append(contentsOf: word.bytes)
      output.append(contentsOf: [13, 10])
    }
  }

  private func appendLength(_ mark: UInt8, _ count: Int) {
    output.append(mark)
    output.append(contentsOf: String(count).utf8)
    output.append(contentsOf: [13, 10])
  }

  /// Waits for the socket once and does what it is ready for.
  private func step(_ patience: inout Patience) throws(ChannelProblem) {
    let wantsOutput = sentCount < output.count
    let ready = try patience.wait(descriptor, for: Int16(wantsOutput ? POLLIN | POLLOUT : POLLIN))
    if ready & Int16(POLLOUT) != 0 { try transmit() }
    if ready & Int16(POLLIN | POLLHUP | POLLERR) != 0 { try takeIn() }
    patience.renew()
  }

  /// Sends what the socket takes now. A server that stopped listening may still have said why: reading goes on.
  func transmit() throws(ChannelProblem) {
    while sentCount < output.count, !isOutputClosed {
      let count = output.withUnsafeBytes { bytes in
        Glibc.send(descriptor, bytes.baseAddress! + sentCount, bytes.count - sentCount, Int32(MSG_NOSIGNAL))
      }
      if count >= 0 {
        sentCount += count
      } else if errno == EAGAIN || errno == EWOULDBLOCK {
        break
      } else if errno == EPIPE || errno == ECONNRESET {
        isOutputClosed = true
      } else if errno != EINTR {
        throw .system(call: "send", code: errno)
      }
    }
    if isOutputClosed || sentCount == output.count {
      output.removeAll(keepingCapacity: output.count <= Self.outputLimit)
      sentCount = 0
    } else if sentCount > Self.outputLimit {
      output.removeFirst(sentCount)
      sentCount = 0
    }
  }

  private func takeIn() throws(ChannelProblem) {
    let count = recv(descriptor, input.baseAddress, input.count, 0)
    if count == 0 || (count < 0 && errno == ECONNRESET), !parsed.isEmpty {
      // What the server said before it hung up comes first; the next look finds it gone again.
      isOutputClosed = true
      try transmit()
      return
    }
    if count == 0 { throw .closedByServer }
    guard count > 0 else {
      if errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR { return }
      throw .system(call: "recv", code: errno)
    }
    redisReaderFeed(reader, input.baseAddress?.assumingMemoryBound(to: CChar.self), count)
    while let reply = try nextParsed() { parsed.append(reply) }
  }

  /// Nil when the bytes so far make no whole reply.
  private func nextParsed() throws(ChannelProblem) -> RedisValue? {
    var pointer: UnsafeMutableRawPointer?
    guard redisReaderGetReply(reader, &pointer) == REDIS_OK else {
      throw .notRedis(
        withUnsafeBytes(of: reader.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
    }
    guard let pointer else { return nil }
    defer { freeReplyObject(pointer) }  // the reader hands the reply over to us
    return try RedisValue(decoding: pointer.assumingMemoryBound(to: redisReply.self).pointee)
  }
}

extension RedisValue {
  /// Copies a reply out of hiredis's memory; the reader bounds the depth of arrays (seven in hiredis 0.14).
  init(decoding reply: redisReply) throws(ChannelProblem) {
    let bytes = UnsafeRawBufferPointer(start: reply.str, count: reply.str == nil ? 0 : reply.len)
    switch reply.type {
    case REDIS_REPLY_NIL: self = .null
    case REDIS_REPLY_INTEGER: self = .integer(reply.integer)
    case REDIS_REPLY_STRING: self = .bytes(Array(bytes))
    case REDIS_REPLY_STATUS: self = .status(String(decoding: bytes, as: UTF8.self))
    case REDIS_REPLY_ERROR: self = .error(RedisServerError(String(decoding: bytes, as: UTF8.self)))
    case REDIS_REPLY_ARRAY:
      var elements: [RedisValue] = []
      elements.reserveCapacity(reply.elements)
      for element in UnsafeBufferPointer(start: reply.element, count: reply.element == nil ? 0 : reply.elements) {
        guard let element else { throw .notRedis("an array lacks an element") }
        elements.append(try RedisValue(decoding: element.pointee))
      }
      self = .array(elements)
    default: throw .notRedis("a reply of the unknown type \(reply.type)")
    }
  }
}
