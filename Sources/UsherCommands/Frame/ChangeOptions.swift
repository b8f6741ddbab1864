import Arguments

/// The options of every command that changes something.
enum ChangeOptions {
  static let dryRun = Toggle("dry-run", short: "n", help: "Print the plan and change nothing")
  static let yes = Toggle("yes", short: "y", help: "Do not ask; needed where there is no terminal")
  static let confirm = Option(
    "confirm", .text, placeholder: "NAME",
    help: "Consent in a protected context by its name, or by the target's to destroy")
  static let reason = Option("reason", .text, placeholder: "TEXT", help: "Keep this in the history as the reason why")
  static let maxAffected = Option(
    "max-affected", .integer(0...), placeholder: "N", help: "Refuse when the plan would change more than this")
  static let rate = Option(
    "rate", .rate, placeholder: "RATE", help: "Change at most this many a time, such as 500/s or 420/min")
  static let wait = Option(
    "wait", .duration, placeholder: "TIME",
    help: "Wait this long for another usher to finish, instead of exiting with 75")

  static let all: [any OptionDeclaration] = [dryRun, yes, confirm, reason, maxAffected, rate, wait]
  /// For a change that is one step and cannot be paced.
  static let withoutRate: [any OptionDeclaration] = [dryRun, yes, confirm, reason, maxAffected, wait]
}
