/// What the server compiled for one run of a statement, in all its processes together.
///
/// Source: https://www.postgresql.org/docs/current/jit-reason.html
public struct PlanJIT: Equatable, Sendable {
  public let functions: Int
  public let generationMilliseconds: Double
  public let inliningMilliseconds: Double
  public let optimizationMilliseconds: Double
  public let emissionMilliseconds: Double
  /// The elapsed part that was spent while nodes ran. It is taken out of the time of the node that caused it.
  public internal(set) var insideMilliseconds = 0.0

  init(_ values: PlanObject) throws(PlanMismatch) {
    functions = try values.integer("Functions") ?? 0
    let timing = try values.object("Timing")
    // An object with the parts since version 17.
    generationMilliseconds = try timing?.total("Generation") ?? 0
    inliningMilliseconds = try timing?.number("Inlining") ?? 0
    optimizationMilliseconds = try timing?.number("Optimization") ?? 0
    emissionMilliseconds = try timing?.number("Emission") ?? 0
  }

  public var totalMilliseconds: Double { generationMilliseconds + compilingMilliseconds }

  /// The part that is done when the first expression is evaluated, so that it counts as time of that node.
  var compilingMilliseconds: Double { inliningMilliseconds + optimizationMilliseconds + emissionMilliseconds }
}
