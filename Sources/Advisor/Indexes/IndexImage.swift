import Failures
import Postgres

/// What is stored of an index before it is dropped, so that the same index can be built again. The server writes and reads the JSON.
struct IndexImage: Equatable {
  let schema: String
  let table: String
  let name: String
  let definition: String
  let signature: String
  /// The tablespace; nil for that of the database.
  let tablespace: String?
  /// Statements that restore what CREATE INDEX does not say: the comment, statistics targets of expressions, the CLUSTER mark.
  let afterwards: [String]
  /// The names of the indexes of partitions, by `schema.table`; empty for a table without partitions.
  let names: [String: String]

  /// The image of an index that exists, as JSON.
  static func json(of index: IndexDescription, on connection: PostgresConnection) throws -> String {
    try connection.query(
      """
      SELECT json_build_object('schema', $2::text, 'table', $3::text, 'name', $4::text, 'definition', $5::text,
        'signature', $6::text, 'tablespace', t.spcname, 'afterwards', array_remove(ARRAY[
          CASE WHEN d.description IS NOT NULL THEN format('COMMENT ON INDEX %I.%I IS %L', $2, $4, d.description) END,
          CASE WHEN i.indisclustered THEN format('ALTER TABLE %I.%I CLUSTER ON %I', $2, $3, $4) END
        ] || ARRAY(
          SELECT format('ALTER INDEX %I.%I ALTER COLUMN %s SET STATISTICS %s', $2, $4, a.attnum, a.attstattarget)
          FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attstattarget >= 0 ORDER BY a.attnum), NULL),
        'partitions', ARRAY(
          SELECT n.nspname || '.' || t.relname FROM pg_partition_tree(c.oid) p JOIN pg_index x ON x.indexrelid = p.relid
            JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
          WHERE p.level > 0 ORDER BY p.relid::oid),
        'names', ARRAY(
          SELECT o.relname FROM pg_partition_tree(c.oid) p JOIN pg_class o ON o.oid = p.relid
          WHERE p.level > 0 ORDER BY p.relid::oid))::text AS image
      FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace
        LEFT JOIN pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0
      WHERE c.oid = $1::bigint
      """,
      [PostgresValue(index.oid)]
        + [index.schema, index.table, index.name, index.definition, index.signature].map { PostgresValue($0) }
    )[0].decode("image")
  }

  init(json: String, on connection: PostgresConnection) throws {
    let row = try connection.query(
      """
      SELECT j->>'schema' AS schema, j->>'table' AS table, j->>'name' AS name, j->>'definition' AS definition,
        j->>'signature' AS signature, j->>'tablespace' AS tablespace,
        ARRAY(SELECT json_array_elements_text(j->'afterwards')) AS afterwards,
        ARRAY(SELECT json_array_elements_text(j->'partitions')) AS partitions,
        ARRAY(SELECT json_array_elements_text(j->'names')) AS names FROM (SELECT $1::json) AS image (j)
      """, [PostgresValue(json)])[0]
    schema = try row.decode("schema")
    table = try row.decode("table")
    name = try row.decode("name")
    definition = try row.decode("definition")
    signature = try row.decode("signature")
    tablespace = try row.decode("tablespace")
    afterwards = try row.decode("afterwards")
    let partitions: [String] = try row.decode("partitions")
    names = Dictionary(zip(partitions, try row.decode("names", as: [String].self))) { first, _ in first }
  }
}
