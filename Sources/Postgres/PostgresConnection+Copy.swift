import CLibpq

extension PostgresConnection {
  /// Runs `COPY … FROM STDIN` with the data that `write` writes, and returns the number of rows.
  ///
  /// When `write` throws, nothing is copied and the error is rethrown.
  /// Source: https://www.postgresql.org/docs/current/libpq-copy.html
  @discardableResult
  public func copyIn(_ sql: String, _ write: (inout CopyWriter) throws -> Void) throws -> Int {
    // A pipeline, which would carry the settings, cannot contain COPY.
    try inTransaction { try copy(into: sql, write) }
  }

  private func copy(into sql: String, _ write: (inout CopyWriter) throws -> Void) throws -> Int {
    try beginCopy(sql, expecting: PGRES_COPY_IN)
    var writer = CopyWriter(self)
    do {
      try write(&writer)
      try writer.flush()
    } catch {
      _ = PQputCopyEnd(pointer, "the writer gave up")
      drain()
      throw error
    }
    var waiting = WaitState()
    while true {
      let ended = PQputCopyEnd(pointer, nil)
      if ended == 1 { break }
      if ended < 0 { throw connectionError() }
      try waitForRoom(&waiting)
    }
    return affectedRows(try soleResult(sql).pointer)
  }

  /// Runs `COPY … TO STDOUT` and calls `body` with each row, which is valid during the call only. Memory use is constant.
  public func copyOut(_ sql: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try inTransaction { try copy(outOf: sql, body) }
  }

  private func copy(outOf sql: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try beginCopy(sql, expecting: PGRES_COPY_OUT)
    var waiting = WaitState()
    var row: UnsafeMutablePointer<CChar>?
    while true {
      let length = PQgetCopyData(pointer, &row, 1)
      if length < 0 { break }
      if length == 0 {
        if try waitForInput(&waiting) { continue }
        break
      }
      defer { PQfreemem(row) }  // Allocated by PQgetCopyData for us.
      do {
        try body(UnsafeRawBufferPointer(start: row, count: Int(length)))
      } catch {
        cancel()
        drain()
        throw error
      }
    }
    _ = try soleResult(sql, waiting)
  }

  /// Sends the statement and reads to the start of the data.
  private func beginCopy(_ sql: String, expecting status: ExecStatusType) throws(PostgresError) {
    try send(sql, [])
    var waiting = WaitState()
    guard let result = try nextResult(&waiting) else { throw connectionError() }
    let found = PQresultStatus(result)
    if found == status {
      PQclear(result)
      return
    }
    var failure = PostgresError(
      .misuse, "the statement is not a COPY in this direction", target: target.description)
    if found == PGRES_FATAL_ERROR || found == PGRES_BAD_RESPONSE { failure = error(of: result, waiting, sql) }
    PQclear(result)
    if refuseCopy(found) == nil { drain() }
    throw failure
  }
}

/// Collects the bytes of a COPY and sends them in blocks.
public struct CopyWriter: ~Copyable {
  private let connection: PostgresConnection
  private var block: [CChar] = []
  /// Large enough for few system calls, small enough for the processor's cache.
  private static let blockSize = 64 << 10

  init(_ connection: PostgresConnection) {
    self.connection = connection
    block.reserveCapacity(Self.blockSize + 4096)
  }

  /// Writes bytes in the format of the COPY. They may end in the middle of a row.
  public mutating func write(_ bytes: some Sequence<UInt8>) throws(PostgresError) {
    for byte in bytes { block.append(CChar(bitPattern: byte)) }
    if block.count >= Self.blockSize { try flush() }
  }

  /// Writes one row in the text format, the default of COPY; nil is NULL.
  public mutating func writeRow(_ fields: [String?]) throws(PostgresError) {
    for (index, field) in fields.enumerated() {
      if index > 0 { block.append(9) }
      guard let field else {
        block.append(92)
        block.append(78)  // \N
        continue
      }
      for byte in field.utf8 { append(escaping: byte) }
    }
    block.append(10)
    if block.count >= Self.blockSize { try flush() }
  }

  private mutating func append(escaping byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\\"): block += [92, 92]
    case UInt8(ascii: "\n"): block += [92, 110]
    case UInt8(ascii: "\r"): block += [92, 114]
    case UInt8(ascii: "\t"): block += [92, 116]
    default: block.append(CChar(bitPattern: byte))
    }
  }

  mutating func flush() throws(PostgresError) {
    guard !block.isEmpty else { return }
    var waiting = WaitState()
    while true {
      try connection.throwIfInterruptedDuringCopy()
      switch PQputCopyData(connection.pointer, block, Int32(block.count)) {
      case 1:
        block.removeAll(keepingCapacity: true)
        return
      case 0: try connection.waitForRoom(&waiting)
      default: throw connection.connectionError()
      }
    }
  }
}
