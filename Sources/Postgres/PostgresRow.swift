import CLibpq

/// One result of libpq. The rows that point into it keep it alive.
final class ResultBox {
  /// Freed in deinit.
  let pointer: OpaquePointer
  /// Column names and types, which the rows of one streamed statement share.
  let columns: ColumnList

  init(_ pointer: OpaquePointer, columns: ColumnList? = nil) {
    self.pointer = pointer
    self.columns = columns ?? ColumnList(of: pointer)
  }

  deinit { PQclear(pointer) }
}

final class ColumnList {
  let names: [String]
  let types: [PostgresType]

  init(of result: OpaquePointer) {
    let count = PQnfields(result)
    names = (0..<count).map { PQfname(result, $0).map { String(cString: $0) } ?? "" }
    types = (0..<count).map { PostgresType(oid: PQftype(result, $0)) }
  }
}

/// One row of a result. It keeps the memory of its result alive.
public struct PostgresRow {
  let result: ResultBox
  let index: Int32
  let target: String

  public var columns: [String] { result.columns.names }
  public var types: [PostgresType] { result.columns.types }

  /// The value of the first column with this name; NULL needs an Optional type.
  ///
  /// Throws where the column does not exist, is NULL, or has a type or a content that does not fit. The error names the column and
  /// the type, never the value.
  public func decode<T: PostgresDecodable>(_ column: String, as type: T.Type = T.self) throws(PostgresError) -> T {
    guard let position = result.columns.names.firstIndex(of: column) else {
      throw error("the result has no column '\(column)', only \(columns.joined(separator: ", "))")
    }
    return try decode(position, as: type)
  }

  /// The value of a column by its number; the first is 0.
  public func decode<T: PostgresDecodable>(_ column: Int, as type: T.Type = T.self) throws(PostgresError) -> T {
    guard columns.indices.contains(column) else {
      throw error("the result has no column number \(column), only \(columns.count)")
    }
    let found = types[column]
    guard T.reads(found) else {
      throw error("column '\(columns[column])' is of type \(found), not \(T.expectation)", column)
    }
    let place = Int32(column)
    if PQgetisnull(result.pointer, index, place) == 1 {
      guard let null = T.null else {
        throw error("column '\(columns[column])' is null, not \(T.expectation)", column)
      }
      return null
    }
    let bytes = UnsafeRawBufferPointer(
      start: PQgetvalue(result.pointer, index, place), count: Int(PQgetlength(result.pointer, index, place)))
    guard let value = T(bytes, of: found) else {
      throw error("column '\(columns[column])' contains a \(found) that is not \(T.expectation)", column)
    }
    return value
  }

  private func error(_ message: String, _ column: Int? = nil) -> PostgresError {
    var error = PostgresError(.undecodable, message, target: target)
    error.column = column.map { columns[$0] }
    return error
  }
}
