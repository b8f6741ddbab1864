/// A type of the server by its OID in pg_type. The OIDs of built-in types never change.
///
/// Source: `SELECT oid, typname FROM pg_type WHERE oid < 10000`
public struct PostgresType: Hashable, Sendable, CustomStringConvertible {
  public let oid: UInt32

  public init(oid: UInt32) { self.oid = oid }

  public static let bool = PostgresType(oid: 16)
  public static let bytea = PostgresType(oid: 17)
  public static let int8 = PostgresType(oid: 20)
  public static let int2 = PostgresType(oid: 21)
  public static let int4 = PostgresType(oid: 23)
  public static let text = PostgresType(oid: 25)
  public static let oidType = PostgresType(oid: 26)
  public static let xid = PostgresType(oid: 28)
  public static let json = PostgresType(oid: 114)
  public static let float4 = PostgresType(oid: 700)
  public static let float8 = PostgresType(oid: 701)
  public static let varchar = PostgresType(oid: 1043)
  public static let date = PostgresType(oid: 1082)
  public static let timestamp = PostgresType(oid: 1114)
  public static let timestamptz = PostgresType(oid: 1184)
  public static let interval = PostgresType(oid: 1186)
  public static let numeric = PostgresType(oid: 1700)
  public static let uuid = PostgresType(oid: 2950)
  public static let jsonb = PostgresType(oid: 3802)
  public static let textArray = PostgresType(oid: 1009)
  public static let int4Array = PostgresType(oid: 1007)
  public static let int8Array = PostgresType(oid: 1016)

  static let integers: Set<PostgresType> = [.int2, .int4, .int8, .oidType, .xid, .numeric]
  static let numbers: Set<PostgresType> = integers.union([.float4, .float8])
  /// The arrays of common types: bool, bytea, char, name, int8, int2, int4, text, oid, float, bpchar, varchar, date, …
  static let arrays: Set<PostgresType> = Set(
    ([1000, 1001, 1002, 1003, 1005, 1007, 1009, 1014, 1015, 1016, 1021, 1022, 1028, 1115, 1182, 1185, 1231, 2951, 3807]
      as [UInt32]).map(PostgresType.init(oid:)))
  static let integerArrays: Set<PostgresType> = Set(
    ([1005, 1007, 1016, 1028, 1231] as [UInt32]).map(PostgresType.init(oid:)))

  private static let names: [PostgresType: String] = [
    .bool: "boolean", .bytea: "bytea", .int8: "bigint", .int2: "smallint", .int4: "integer", .text: "text",
    .oidType: "oid", .xid: "xid", .json: "json", .float4: "real", .float8: "double precision",
    .varchar: "character varying", .date: "date", .timestamp: "timestamp", .timestamptz: "timestamp with time zone",
    .interval: "interval", .numeric: "numeric", .uuid: "uuid", .jsonb: "jsonb", .textArray: "text[]",
    .int4Array: "integer[]", .int8Array: "bigint[]", PostgresType(oid: 19): "name",
    PostgresType(oid: 1042): "character",
  ]

  /// The SQL name of a common type, or its OID.
  public var description: String { Self.names[self] ?? "type \(oid)" }
}
