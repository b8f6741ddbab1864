import Failures
import Postgres

extension Explanation {
  /// Reads the server's document, and looks up in the catalogs what is needed to understand it.
  ///
  /// Call it in the transaction in which the statement was explained, so that it sees the same tables and settings.
  init(
    reading json: String, of statement: String, isAnalyzed: Bool, isGeneric: Bool, on connection: PostgresConnection
  ) throws {
    guard var document = try PlanDocument.read(json) else {
      throw Failure(.failed, "the server returned no plan for EXPLAIN", causes: ["\(connection.target)"])
    }
    let catalog = try PlanCatalog(document.root, document.triggers, connection)
    try PlanCatalog.mark(&document.triggers, connection)
    PlanShares.mark(&document, tableRows: catalog.rows)
    self.init(
      statement: statement, plan: document.root, isAnalyzed: isAnalyzed, isGeneric: isGeneric,
      planningMilliseconds: document.planningMilliseconds, executionMilliseconds: document.executionMilliseconds,
      triggers: document.triggers, warnings: [], jit: document.jit)
    findings = PlanWarnings(catalog: catalog).findings(of: self)
    warnings = findings.map(\.text)
  }
}
