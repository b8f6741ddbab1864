import CLibpq

/// A notice of the server: RAISE NOTICE, `index "x" does not exist, skipping`.
public struct PostgresNotice: Sendable {
  /// NOTICE, WARNING, INFO, LOG or DEBUG, never translated.
  public let severity: String
  public let sqlState: String?
  public let message: String
  public let detail: String?
  public let hint: String?
}

/// Holds the closure for libpq's callback. The connection holds the box.
final class NoticeBox {
  var handler: ((PostgresNotice) -> Void)?

  /// Sends the connection's notices here. The connection must not outlive the box.
  func attach(to connection: OpaquePointer) {
    PQsetNoticeReceiver(
      connection,
      { box, result in
        guard let box, let result else { return }
        let handler = Unmanaged<NoticeBox>.fromOpaque(box).takeUnretainedValue().handler
        handler?(PostgresNotice(of: result))  // libpq frees the result.
      }, Unmanaged.passUnretained(self).toOpaque())
  }
}

extension PostgresNotice {
  fileprivate init(of result: OpaquePointer) {
    severity = result.field(usher_pg_diag_severity()) ?? "NOTICE"
    sqlState = result.field(usher_pg_diag_sqlstate())
    message = result.field(usher_pg_diag_message()) ?? ""
    detail = result.field(usher_pg_diag_detail())
    hint = result.field(usher_pg_diag_hint())
  }
}

extension OpaquePointer {
  /// One field of a result that is an error or a notice. The text belongs to the result; this is a copy.
  func field(_ code: Int32) -> String? { PQresultErrorField(self, code).map { String(cString: $0) } }
}
