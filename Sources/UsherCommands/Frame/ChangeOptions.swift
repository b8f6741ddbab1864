import Arguments

/// The options of every command that changes something.
enum ChangeOptions {
  static let dryRun = Toggle("dry-run", short: "n", help: "Print the plan and change nothing")
  static let yes = Toggle("yes", short: "y", help: "Do not ask; required without a terminal")
  static let confirm = Option(
    "confirm", .text, placeholder: "NAME",
    help: "Confirm with the protected context's name, or the target's name for destructive commands")
  static let reason = Option("reason", .text, placeholder: "TEXT", help: "Store this reason in the history")
  static let maxAffected = Option(
    "max-affected", .integer(0...), placeholder: "N", help: "Refuse if the plan would change more than this")
  static let rate = Option(
    "rate", .rate, placeholder: "RATE", help: "Limit the rate of changes, for example 500/s")
  static let wait = Option(
    "wait", .duration, placeholder: "DURATION",
    help: "Wait this long for another usher to finish")

  static let all: [any OptionDeclaration] = [dryRun, yes, confirm, reason, maxAffected, rate, wait]
  /// For a change that is one step, so that it has no rate.
  static let withoutRate: [any OptionDeclaration] = [dryRun, yes, confirm, reason, maxAffected, wait]
}
