import Arguments

/// A program like ours, small enough to know by heart, with every feature of a specification in it.
///
/// The fuzz targets are compiled with this file too, so it needs nothing but `Arguments`.
enum Sample {
  // Everywhere.
  static let context = Option(
    "context", .text.completing("contexts"), short: "c", placeholder: "NAME", help: "Where to work",
    environment: "T_CONTEXT")
  static let quiet = Toggle("quiet", short: "q", help: "Print nothing on success")
  static let verbose = Counter("verbose", short: "v", help: "Say more", environment: "T_VERBOSE")
  static let timeout = DefaultedOption(
    "timeout", .duration, default: .seconds(5), help: "How long to wait", environment: "T_TIMEOUT")
  static let password = Option("password", .text, help: "The password", environment: "T_PASSWORD", isSecret: true)
  static let pin = Option("pin", .integer(1000...9999), help: "A secret number", environment: "T_PIN", isSecret: true)

  // queue admit
  static let count = OptionalOperand("COUNT", .integer(1...), help: "How many people to admit")
  static let fillTo = Option("fill-to", .integer(0...), placeholder: "N", help: "Admit until so many are active")
  static let dryRun = Toggle("dry-run", short: "n", help: "Show the plan only")
  static let rate = Option("rate", .rate, short: "r", help: "How fast")
  static let reason = Option("reason", .text, help: "Why", section: "Consent")
  static let color = Toggle("color", default: true, help: "Colour the output")
  static let delta = Option("delta", .number, short: "d", help: "A change", formerNames: ["difference"])
  static let since = Option("since", .instant, help: "From when on")
  static let internals = Toggle("internals", help: "For tests", isHidden: true)

  // queue status
  static let label = ListOption("label", .text, separator: ",", help: "Only people with these labels")

  // outbox replay
  static let status = ListOption(
    "status", .choice(["INIT", "FAIL", "RETRY"]), separator: ",", default: ["INIT", "FAIL"], help: "Which events")
  static let id = ListOption("id", .integer, short: "i", help: "One event; may be repeated")
  static let topic = RequiredOption("topic", .text, help: "Where to")
  static let user = Option("user", .text, help: "As whom")
  static let key = Option("key", .text, help: "With which key")

  // index create
  static let table = Operand("TABLE", .text, help: "The table")
  static let columns = OperandList("COLUMN", .text, minimum: 2, help: "The columns, in order")

  // shift
  static let offset = Operand("OFFSET", .number, help: "By how much")

  // cluster, cluster node, cluster node disk check: an option of each kind that stands nowhere else.
  static let region = Option("region", .text, short: "R", help: "Which region", environment: "T_REGION")
  static let force = Toggle("force", short: "f", help: "Do it all the same", environment: "T_FORCE")
  static let compress = Toggle(
    "compress", isNegatable: true, help: "Compress what is sent", formerNames: ["zip"])
  static let disk = Operand("DISK", .text, help: "Which disk")
  static let level = DefaultedOption("level", .choice(of: Level.self), default: .brief, short: "l", help: "How much")
  static let port = DefaultedOption("port", .port, default: 9100, short: "p", help: "Where the node listens")
  static let size = Option("size", .byteCount, short: "s", help: "How much to read")
  static let share = Option("share", .percent, help: "How much of the disk to read")
  static let window = Option("window", .duration(.seconds(1)...(.seconds(3600))), short: "w", help: "For how long")
  static let host = Option("host", .hostPort, help: "Which node")
  static let link = Option("link", .url, help: "Which node, by its URL")
  static let trace = ListOption("trace", .uuid, short: "t", help: "Whose trace; may be repeated")
  static let keys = ListOption("keys", .glob, separator: ":", help: "Which keys")
  static let from = Option("from", .offset, help: "From which record on")
  static let file = Option("file", .path, help: "Write the report there")
  static let directory = Option("directory", .directory, short: "C", help: "Work there")

  enum Level: String, CaseIterable, Sendable { case brief, full, deep }

  static let admit = CommandSpecification(
    "admit", summary: "Admit waiting people",
    discussion: "Moves people from the waiting room to the active set.\n\nUse it when the sale is stuck.",
    details: "People are moved one at a time.",
    effect: .changes,
    examples: [Example("tool queue admit 420", "Admit the next 420 people")], operands: [count],
    options: [fillTo, dryRun, rate, reason, color, delta, since, internals], groups: [.exclusive("COUNT", "--fill-to")],
    exitStatuses: [ExitStatus(75, "another admission is running")], seeAlso: ["queue status"])
  static let queueStatus = CommandSpecification(
    "status", summary: "Show the waiting room", examples: [Example("tool queue status", "How many wait")],
    options: [label])
  static let replay = CommandSpecification(
    "replay", summary: "Publish stuck events", effect: .changes,
    examples: [Example("tool outbox replay --topic t --status INIT,FAIL | wc -l", "Publish what is stuck")],
    options: [status, id, topic, user, key],
    groups: [.together("--user", "--key")])
  static let create = CommandSpecification(
    "create", summary: "Create an index", effect: .changes,
    examples: [Example("tool index create seat status id", "An index for the seat search")], operands: [table, columns])
  static let shift = CommandSpecification(
    "shift", summary: "Shift the clock", examples: [Example("tool shift -1.5", "Back by an hour and a half")],
    operands: [offset])

  static let check = CommandSpecification(
    "check", summary: "Check a disk", effect: .destroys,
    examples: [Example("tool cluster node disk check sda --host n1:9100 --size 1GiB", "Read the first part of it")],
    operands: [disk],
    options: [level, port, size, share, window, host, link, trace, keys, from, file, directory],
    groups: [.oneOf("--host", "--link"), .someOf("--size", "--share")])
  static let cluster = CommandSpecification(
    "cluster", summary: "The machines", options: [region],
    subcommands: [
      CommandSpecification(
        "node", summary: "One machine", options: [force, compress],
        subcommands: [CommandSpecification("disk", summary: "Its disks", subcommands: [check])])
    ])

  static let root = CommandSpecification(
    "tool", summary: "Operate a ticket sale", options: [context, quiet, verbose, timeout, password, pin],
    exitStatuses: [ExitStatus(69, "a store cannot be reached")],
    environment: [EnvironmentVariable("T_HOME", "Where the state lives")],
    subcommands: [
      CommandSpecification("queue", summary: "The waiting room", subcommands: [queueStatus, admit]),
      CommandSpecification("outbox", summary: "Stuck events", subcommands: [replay]),
      CommandSpecification("index", summary: "Indexes", subcommands: [create]), shift, cluster,
      CommandSpecification(
        "secret", summary: "Nothing to see", options: [Toggle("buried", short: "B", help: "How deep")], isHidden: true),
    ])
}
