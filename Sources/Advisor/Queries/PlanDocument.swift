import Failures
import Text

/// The output of `EXPLAIN (FORMAT JSON)`.
///
/// Source: https://www.postgresql.org/docs/current/sql-explain.html
struct PlanDocument {
  var root: PlanNode
  let planningMilliseconds: Double?
  let executionMilliseconds: Double?
  var triggers: [PlanTrigger]
  var jit: PlanJIT?
  /// Each step takes two levels. The server's own limit for nested queries is near 2,000.
  private static let deepest = 16_384

  /// Reads the document, which is a list of one; nil for an empty list.
  static func read(_ json: String) throws -> PlanDocument? {
    let answer: JSON
    do throws(JSONMistake) {
      answer = try JSON(parsing: json, deepest: Self.deepest)
    } catch {
      throw Failure(
        .failed, "cannot read the plan that the server sent", causes: ["\(error.reason), at byte \(error.offset)"])
    }
    guard let documents = answer.list else { throw PlanMismatch(name: "the answer") }
    return try documents.first.map { try PlanDocument(PlanObject($0)) }
  }

  private init(_ values: PlanObject) throws(PlanMismatch) {
    root = try PlanNode(try values.required("Plan", try values.object("Plan")))
    planningMilliseconds = try values.number("Planning Time")
    executionMilliseconds = try values.number("Execution Time")
    triggers = try values.objects("Triggers").map { trigger throws(PlanMismatch) in try PlanTrigger(trigger) }
    jit = try values.object("JIT").map { jit throws(PlanMismatch) in try PlanJIT(jit) }
  }
}
