import Changes
import Terminal
import Text

/// The result of a change, or its plan in a dry run.
struct ChangeReport {
  var action: String
  var target: String
  var operation: OperationID?
  var planned: Int
  var plannedIsEstimate: Bool
  var changed = 0
  var failed = 0
  var skipped = 0
  var isDryRun: Bool
  var took: Duration
  var undo: UndoPromise
  /// The operation that this one undoes.
  var undoes: OperationID?
  var wasInterrupted = false
  var changedIsAtLeast = false
  var sample: [String]
  var warnings: [String]
  var estimate: ClosedRange<Duration>?
  var details: [(name: String, value: FieldValue)]
  var leavesOutputAlone: Bool

  init(_ proposal: ChangeProposal, isDryRun: Bool, took: Duration) {
    action = proposal.action
    target = proposal.target
    planned = proposal.count
    plannedIsEstimate = proposal.countIsEstimate
    self.isDryRun = isDryRun
    self.took = took
    undo = proposal.undo
    undoes = proposal.undoes
    sample = proposal.sample
    warnings = proposal.warnings
    estimate = proposal.estimate
    details = proposal.details
    leavesOutputAlone = proposal.leavesOutputAlone
  }

  /// The fields of JSON and CSV; the details of the command come last.
  var fields: [Field<ChangeReport>] {
    var fields: [Field<ChangeReport>] = [
      Field("operation", heading: "operation") { .text($0.operation?.description) },
      Field("target", heading: "target") { .text($0.target) },
      Field("planned", heading: "planned") { .integer($0.planned) },
      Field("planned_is_estimate", heading: "estimated") { .boolean($0.plannedIsEstimate) },
      Field("changed", heading: "changed") { .integer($0.changed) },
      Field("failed", heading: "failed") { .integer($0.failed) },
      Field("skipped", heading: "skipped") { .integer($0.skipped) },
      Field("dry_run", heading: "dry run") { .boolean($0.isDryRun) },
      Field("duration_ms", heading: "took") { .milliseconds($0.took.milliseconds) },
      Field("action", heading: "plan") { .text($0.action) },
      Field("undo", heading: "undo") { .text($0.undo.encoded) },
      Field("sample", heading: "first") { .list($0.sample.map { .text($0) }) },
      Field("warnings", heading: "warnings") { .list($0.warnings.map { .text($0) }) },
      Field("estimate_min_ms", heading: "at least") { .milliseconds($0.estimate?.lowerBound.milliseconds) },
      Field("estimate_max_ms", heading: "at most") { .milliseconds($0.estimate?.upperBound.milliseconds) },
      Field("undoes", heading: "undoes") { .text($0.undoes?.description) },
      Field("interrupted", heading: "interrupted") { .boolean($0.wasInterrupted) },
      Field("changed_is_at_least", heading: "at least") { .boolean($0.changedIsAtLeast) },
    ]
    for (name, value) in details { fields.append(Field(name, heading: name) { _ in value }) }
    return fields
  }
}

extension Session {
  /// Prints the result of a change: a sentence in table format, otherwise a record.
  ///
  /// If standard output carries the change's own data (events that are published to it), the result goes to standard error.
  func report(_ report: ChangeReport, sentence: String) throws {
    let stream = report.leavesOutputAlone ? errors : output
    guard format == .table else { return try stream.renderObject(report, report.fields, format: format) }
    if report.leavesOutputAlone { return note(sentence) }
    if !isQuiet { try stream.writeText(sentence) }
  }

  /// Prints the plan of a dry run.
  func reportPlan(_ proposal: ChangeProposal, took: Duration) throws {
    let report = ChangeReport(proposal, isDryRun: true, took: took)
    guard format == .table else { return try print(object: report, report.fields) }
    try output.writeText("would \(proposal.action)\(proposal.countIsEstimate ? ", by estimate" : "")")
    try describe(proposal, on: output)
    try output.writeLine("nothing was changed")
  }

  /// Writes what a plan contains besides its action: the first units, the details, the estimated time, and how to undo it.
  func describe(_ proposal: ChangeProposal, on stream: OutputStream) throws {
    for unit in proposal.sample { try stream.writeText("  \(unit)") }
    let rest = proposal.count - proposal.sample.count
    if rest > 0 && !proposal.sample.isEmpty { try stream.writeLine("  … and \(rest.grouped) more") }
    for (name, value) in proposal.details where value != .null {
      var words = name.split(separator: "_")
      // The table text is `23h 56m`, so the unit of JSON is left out.
      if case .milliseconds = value, words.last == "ms" { words.removeLast() }
      let label = words.joined(separator: " ")
      try describe(label, value, on: stream)
    }
    if let estimate = proposal.estimate {
      try stream.writeText(
        "estimated time: \(Figures.duration(estimate.lowerBound)) to \(Figures.duration(estimate.upperBound))")
    }
    switch proposal.undo {
    case .automatic: try stream.writeText("can be undone with: usher undo ID")
    case .by(let command): try stream.writeText("can be undone with: \(command)")
    case .none(let reason): try stream.writeText("cannot be undone: \(reason)")
    }
  }

  /// Writes a detail on one line; a list that is too long for the terminal gets one line for each element.
  private func describe(_ label: String, _ value: FieldValue, on stream: OutputStream) throws {
    let text = "\(label): \(value.tableText(onTerminal: stream.isTerminal))"
    guard stream.isTerminal, case .list(let elements) = value, text.displayWidth > stream.width ?? 80 else {
      return try stream.writeText(text)
    }
    try stream.writeText("\(label):")
    for element in elements { try stream.writeText("  \(element.tableText(onTerminal: true))") }
  }
}
