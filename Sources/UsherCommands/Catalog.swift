import Arguments

/// The list of all commands, in the order of help. A new command is its own file and one line here.
public enum Catalog {
  static let entries: [Entry] = [
    .group(
      "queue", summary: "Look at the waiting room, let people in, and repair it",
      discussion: """
        Queues are described in the config file: a preset that says how the service keeps them in Redis, the keys, how long an \
        admission holds, and the capacity. An entry with {concert} in its keys stands for a queue a concert, each called \
        NAME/CONCERT.
        """,
      [
        QueueStatus.self, QueueList.self, QueueShow.self, QueueAdmit.self, QueuePause.self, QueueResume.self,
        QueuePlan.self,
        QueueMove.self, QueueRemove.self, QueueDrain.self, QueueRestore.self, QueueIssue.self, QueueExpire.self,
      ]),
    .group(
      "cache", summary: "Look at the caches, empty them and fill them",
      discussion: """
        Caches are described in the config file: a `key`, a `prefix` or a `match`, and under `warm` the query that fills it.

        Keys of configured queues and usher's own are never touched by these commands.
        """, [CacheList.self, CacheEvict.self, CacheWarm.self]),
    .group(
      "query", summary: "Find slow statements and see why they are slow",
      discussion: """
        Starts from the statements that cost the server the most, and shows how it runs one of them. Nothing is changed.
        """, [QuerySlow.self, QueryExplain.self]),
    .group(
      "index", summary: "List, build and drop indexes while tables are in use",
      discussion: """
        An index is built and dropped concurrently: reads and writes go on, and nothing that ends a build early leaves an \
        unfinished index behind.
        """, [IndexList.self, IndexCreate.self, IndexDrop.self]),
    .group(
      "outbox", summary: "See and replay events that were not sent",
      discussion: """
        The outbox is a table in PostgreSQL in which the service writes down what it has to tell other systems. An event is \
        stuck when its row was committed and its record was never published. Table, columns, topic, key and value are \
        described under `outbox:` in the config file; nothing is guessed.
        """, [OutboxStatus.self, OutboxReplay.self]),
    .command(Status.self),
    .command(Doctor.self),
    .command(History.self),
    .command(Undo.self),
    .group(
      "sandbox", summary: "Run private servers with a ticket sale in them",
      discussion: """
        A sandbox is a PostgreSQL, a Redis and, where one is found, a Kafka broker of your own, in one directory, with a living \
        ticket sale in them. Where nothing else is configured, usher works on the one that is running.
        """, [SandboxStart.self, SandboxStop.self, SandboxStatus.self, SandboxEnv.self, SandboxReset.self]),
    .group(
      "schema", summary: "Create the tables of the reference ticket sale",
      discussion: "The reference schema is what a sandbox holds; a real service has its own.", [SchemaApply.self]),
    .command(SeedCommand.self),
    .group(
      "config", summary: "Show and check the settings and their origins",
      discussion: """
        Settings come from, in order: options; the context that `--context` names; USHER_POSTGRES, USHER_REDIS and \
        USHER_KAFKA; the context that USHER_CONTEXT names; DATABASE_URL, REDIS_URL and libpq's own variables; the current \
        context of the config file; the running sandbox, where nothing else is configured.

        A context that was chosen by option or variable is never filled up from anywhere else.
        """, [ConfigShow.self, ConfigCheck.self, ConfigPath.self]),
    .command(Completion.self),
    .command(Version.self),
    .command(DocumentsCommand.self),
    .command(ManifestCommand.self),
    .command(Complete.self),
  ]

  /// A command by itself, or a noun with its verbs.
  enum Entry: Sendable {
    case command(any Command.Type)
    case group(String, summary: String, discussion: String, [any Command.Type])

    var specification: CommandSpecification {
      switch self {
      case .command(let command): command.specification
      case .group(let noun, let summary, let discussion, let verbs):
        CommandSpecification(
          noun, summary: summary, discussion: discussion, subcommands: verbs.map { $0.specification })
      }
    }

    /// Each command with its path.
    var commands: [(path: [String], command: any Command.Type)] {
      switch self {
      case .command(let command): [([command.specification.name], command)]
      case .group(let noun, _, _, let verbs): verbs.map { ([noun, $0.specification.name], $0) }
      }
    }
  }

  /// The whole program, as the parser and all documents know it.
  public static let root = CommandSpecification(
    "usher", summary: "Operate a ticket sale: waiting room, caches, queries, outbox",
    discussion: """
      usher inspects and changes the three stores that a ticketing service lives on: the waiting room and the caches in Redis, \
      slow queries, indexes and the outbox in PostgreSQL, and the Kafka topics that stuck events are replayed to.

      Every change shows its plan first (`--dry-run`), can be bounded (`--max-affected`), is recorded in the store that it \
      changes (`usher history`), and can be undone as far as its plan said (`usher undo`). Without a terminal, a change needs \
      `--yes`.

      To try it without a service: `usher sandbox start`.
      """,
    examples: [
      Example("usher status", "the health of everything on one screen"),
      Example("usher queue admit 420 --dry-run", "what admitting 420 people would do"),
      Example("usher query slow", "the statements that cost the most"),
    ],
    options: GlobalOptions.all,
    exitStatuses: [
      ExitStatus(0, "done, also when there was nothing to do"),
      ExitStatus(1, "failed in whole or in part"),
      ExitStatus(64, "the command line is wrong"),
      ExitStatus(65, "the input or the data is wrong"),
      ExitStatus(66, "an input file cannot be read"),
      ExitStatus(69, "a store cannot be reached"),
      ExitStatus(70, "a bug in usher"),
      ExitStatus(73, "output cannot be created"),
      ExitStatus(74, "output cannot be written"),
      ExitStatus(75, "try again: a lock is held, or a deadline passed"),
      ExitStatus(77, "refused: consent or a privilege is missing"),
      ExitStatus(78, "the configuration is wrong"),
      ExitStatus(130, "ended by Ctrl-C after the work in hand"),
      ExitStatus(143, "ended by SIGTERM after the work in hand"),
    ],
    environment: [
      EnvironmentVariable("USHER_POSTGRES", "the PostgreSQL to connect to; beats DATABASE_URL and the config file"),
      EnvironmentVariable("USHER_REDIS", "the Redis to connect to; beats REDIS_URL and the config file"),
      EnvironmentVariable("USHER_KAFKA", "the Kafka brokers to connect to; beats the config file"),
      EnvironmentVariable("USHER_COMPLETE_TIMEOUT", "how long TAB may wait for a store's names; 300ms when unset"),
      EnvironmentVariable("NO_COLOR", "when set, nothing is coloured"),
    ],
    subcommands: entries.map(\.specification))

  /// The command behind a path such as `["queue", "admit"]`.
  static func command(at path: [String]) -> (any Command.Type)? {
    for entry in entries {
      for (candidate, command) in entry.commands where candidate == path { return command }
    }
    return nil
  }

  /// The command behind a name such as `queue admit`, as history has it.
  static func command(named name: String) -> (any Command.Type)? {
    command(at: name.split(separator: " ").map(String.init))
  }
}
