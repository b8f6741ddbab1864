import Failures
import Postgres

/// A partitioned table with its partitions through every depth, and what each has of one index.
struct PartitionTree: Equatable, Sendable {
  struct Node: Equatable, Sendable {
    let table: TableFacts
    /// The OID of the table that it is a partition of; nil for the root.
    let parent: Int?
    /// Whether it holds rows itself.
    let isLeaf: Bool
    /// The same index on this table, which is used; nil where it must be built.
    let index: IndexDescription?
    /// Whether that index is part of the parent's.
    let isAttached: Bool
    /// The name of the index, existing or new.
    let name: String

    /// Whether there is nothing left to do for a leaf.
    var isDone: Bool { index?.isValid == true && isAttached }
  }

  /// The root first, each table before its partitions.
  let nodes: [Node]
  /// `CREATE UNIQUE INDEX` or `CREATE INDEX`.
  let verb: String
  /// Method, columns and condition: `USING btree (…)`.
  let body: String

  /// How many partitions with rows still need the index.
  var remaining: Int { nodes.count { $0.isLeaf && !$0.isDone } }
  var leaves: Int { nodes.count { $0.isLeaf } }

  /// The statement that creates the index of a node.
  func statement(for node: Node) -> String {
    let name = PostgresConnection.quoteIdentifier(node.name)
    return node.isLeaf
      ? "\(verb) CONCURRENTLY \(name) ON \(node.table.quoted) \(body)"
      : "\(verb) \(name) ON ONLY \(node.table.quoted) \(body)"
  }
}

extension PartitionTree {
  /// Reads the tree of a partitioned table. Foreign tables have no indexes and are left out.
  ///
  /// - Parameters:
  ///   - signature: that of the index, by which existing ones are recognised.
  ///   - name: the name of the root's index.
  ///   - columns: from which the names of the others are made.
  ///   - names: names that some had before, by `schema.table`.
  static func read(
    of root: TableFacts, signature: String, name: String, columns: [String], names: [String: String] = [:],
    isUnique: Bool, body: String, on connection: PostgresConnection
  ) throws -> PartitionTree {
    let rows = try connection.query(
      """
      SELECT c.oid, p.parentrelid::oid::bigint AS parent, p.isleaf, n.nspname AS schema, c.relname AS name,
        CASE WHEN p.isleaf THEN pg_table_size(c.oid) ELSE 0 END AS bytes,
        CASE WHEN p.isleaf AND c.reltuples >= 0 THEN c.reltuples::bigint END AS rows
      FROM pg_partition_tree($1::bigint::regclass) p JOIN pg_class c ON c.oid = p.relid
        JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind <> 'f' ORDER BY p.level, n.nspname, c.relname
      """, [PostgresValue(root.oid)])
    var nodes: [Node] = []
    var taken: Set<String> = []
    for row in rows {
      let table = TableFacts(
        oid: try row.decode("oid"), schema: try row.decode("schema"), name: try row.decode("name"),
        bytes: try row.decode("bytes"), estimatedRows: try row.decode("rows"))
      let isLeaf: Bool = try row.decode("isleaf")
      let isRoot = table.oid == root.oid
      let parent: Int? = isRoot ? nil : try row.decode("parent")
      let above = nodes.first { $0.table.oid == parent }?.index
      // One that belongs to another index cannot be attached a second time; an invalid one of a leaf is built again.
      let same = try IndexDescription.all(of: table.oid, on: connection).filter { index in
        index.signature == signature && (isLeaf ? index.isValid : true)
          && (index.parent == nil || index.parentOID == above?.oid)
      }
      let index = same.first { $0.parent != nil } ?? same.first
      let chosen = try index?.name ?? (isRoot ? name : free(table, columns, names[table.title], &taken, connection))
      nodes.append(
        Node(
          table: table, parent: parent, isLeaf: isLeaf, index: index, isAttached: isRoot || index?.parent != nil,
          name: chosen))
    }
    return PartitionTree(nodes: nodes, verb: isUnique ? "CREATE UNIQUE INDEX" : "CREATE INDEX", body: body)
  }

  private static func free(
    _ table: TableFacts, _ columns: [String], _ former: String?, _ taken: inout Set<String>,
    _ connection: PostgresConnection
  ) throws -> String {
    for attempt in 0... {
      let chosen = IndexName.choose(table: table.name, columns: columns, attempt: attempt)
      let name = attempt == 0 ? former ?? chosen : chosen
      let found = try connection.query(
        "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2",
        [PostgresValue(table.schema), PostgresValue(name)])
      if found.isEmpty, taken.insert("\(table.schema).\(name)").inserted { return name }
    }
    return ""
  }

  /// Throws `refused` where a unique index lacks a column by which the table is partitioned, which the server would refuse.
  func refuseUnkeyed(_ columns: [String], on connection: PostgresConnection) throws {
    guard verb.contains("UNIQUE") else { return }
    for node in nodes where !node.isLeaf {
      let missing = try connection.query(
        """
        SELECT coalesce(a.attname, 'an expression') AS name FROM pg_partitioned_table p
          CROSS JOIN LATERAL unnest(p.partattrs::int2[]) k (attnum)
          LEFT JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = k.attnum AND k.attnum > 0
        WHERE p.partrelid = $1::bigint AND NOT coalesce(a.attname = ANY ($2::text[]), false)
        """, [PostgresValue(node.table.oid), .array(columns)]
      ).map { try $0.decode("name", as: String.self) }
      guard missing.isEmpty else {
        throw Failure(
          .refused, "a unique index on '\(node.table.title)' must include the columns by which it is partitioned",
          causes: ["missing: \(missing.joined(separator: ", "))"], hints: ["add them to COLUMN, or leave out --unique"])
      }
    }
  }
}
