import Arguments

/// The list of all commands, in the order of the help. A new command needs its own file and one line here.
public enum Catalog {
  static let entries: [Entry] = [
    .group(
      "queue", summary: "Inspect the waiting room, admit people, repair the queue",
      discussion: """
        A queue is one waiting room of the service: the people who wait, in order (the line), and the active people, who were \
        admitted. usher calls the keys in which the service keeps them the waiting key and the active store.

        Queues are described in the config file: a preset for the way in which the service stores them in Redis, the keys, the \
        time that an admission lasts, and the capacity. An entry with {concert} in its keys describes one queue for each concert, \
        called NAME/CONCERT.
        """,
      [
        QueueStatus.self, QueueList.self, QueueShow.self, QueueAdmit.self, QueuePause.self, QueueResume.self,
        QueuePlan.self,
        QueueMove.self, QueueRemove.self, QueuePark.self, QueueUnpark.self, QueueIssue.self, QueueExpire.self,
      ]),
    .group(
      "cache", summary: "Inspect, evict and warm the caches",
      discussion: """
        Caches are described in the config file: a `key`, a `prefix` or a `match`, and under `warm` the query that fills it.

        These commands never touch the keys of configured queues and of usher.
        """, [CacheList.self, CacheEvict.self, CacheWarm.self]),
    .group(
      "query", summary: "Find slow statements and explain them",
      discussion: """
        Lists the statements that take the most time, and shows how the server runs one of them. Nothing is changed.
        """, [QuerySlow.self, QueryExplain.self]),
    .group(
      "index", summary: "List, build and drop indexes while tables are in use",
      discussion: """
        Indexes are built and dropped concurrently: reads and writes continue. A build that ends early leaves no unfinished index.
        """, [IndexList.self, IndexCreate.self, IndexRebuild.self, IndexDrop.self]),
    .group(
      "outbox", summary: "Inspect and replay events that were not published",
      discussion: """
        The outbox is a table in PostgreSQL in which the service stores events for other systems. An event is stuck if its row was \
        committed and its record was never published. The table, columns, topic, key and value are described under `outbox:` in the \
        config file; nothing is guessed.
        """, [OutboxStatus.self, OutboxReplay.self]),
    .command(Status.self),
    .command(Doctor.self),
    .command(History.self),
    .command(Undo.self),
    .group(
      "sandbox", summary: "Run private servers with a ticket sale",
      discussion: """
        A sandbox is a private PostgreSQL, Redis and, if one is found, Kafka broker in one directory, with a ticket sale in them. \
        If nothing else is configured, usher uses the sandbox that is running.
        """, [SandboxStart.self, SandboxStop.self, SandboxStatus.self, SandboxEnv.self, SandboxReset.self]),
    .group(
      "schema", summary: "Create the tables of the reference ticket sale",
      discussion: "A sandbox contains the reference schema. A real service has its own schema.", [SchemaApply.self]),
    .command(SeedCommand.self),
    .group(
      "config", summary: "Show and check the settings and their origins",
      discussion: """
        Settings come from these origins, in this order: options; the context that `--context` names; USHER_POSTGRES, USHER_REDIS \
        and USHER_KAFKA; the context that USHER_CONTEXT names; DATABASE_URL, REDIS_URL and libpq's own variables; the current \
        context of the config file; the running sandbox, if nothing else is configured.

        With `--context`, every connection comes from that context or from a connection option. With `USHER_CONTEXT`, \
        USHER_POSTGRES, USHER_REDIS and USHER_KAFKA still override it. In both cases, other settings are not used for a \
        missing connection.
        """, [ConfigShow.self, ConfigCheck.self, ConfigPath.self]),
    .command(Completion.self),
    .command(Version.self),
    .command(DocumentsCommand.self),
    .command(ManifestCommand.self),
    .command(Complete.self),
  ]

  /// A command, or a noun with its verbs.
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

  /// The specification of the whole program, for the parser and all documents.
  public static let root = CommandSpecification(
    "usher", summary: "Operate a ticket sale: waiting room, caches, queries, outbox",
    discussion: """
      usher inspects and changes the three stores of a ticketing service: the waiting room and the caches in Redis, slow queries, \
      indexes and the outbox in PostgreSQL, and the Kafka topics to which stuck events are replayed.

      A change shows its plan first (`--dry-run` shows only the plan), can be limited (`--max-affected`), is recorded in the store \
      that it changes (`usher history`), and can be undone as far as its plan says (`usher undo`). Without a terminal, a change \
      needs `--yes`.

      To try usher without a service, run `usher sandbox start`.
      """,
    examples: [
      Example("usher status", "Show the health of everything"),
      Example("usher queue admit 420 --dry-run", "Show what admitting 420 people would do"),
      Example("usher query slow", "List the statements that take the most time"),
    ],
    options: GlobalOptions.all,
    exitStatuses: [
      ExitStatus(0, "done, also if there was nothing to do"),
      ExitStatus(1, "failed completely or in part"),
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
      ExitStatus(130, "ended by Ctrl-C, after the current batch"),
      ExitStatus(143, "ended by SIGTERM, after the current batch"),
    ],
    environment: [
      EnvironmentVariable(
        "USHER_POSTGRES", "The PostgreSQL to connect to; overrides DATABASE_URL and the config file, but not --context"),
      EnvironmentVariable(
        "USHER_REDIS", "The Redis to connect to; overrides REDIS_URL and the config file, but not --context"),
      EnvironmentVariable(
        "USHER_KAFKA", "The Kafka brokers to connect to; overrides the config file, but not --context"),
      EnvironmentVariable(
        "USHER_COMPLETE_TIMEOUT", "The time that TAB waits for names from the stores; 300ms by default"),
      EnvironmentVariable("NO_COLOR", "If set, the output has no colours"),
    ],
    subcommands: entries.map(\.specification))

  /// The command with a path such as `["queue", "admit"]`; nil if there is none.
  static func command(at path: [String]) -> (any Command.Type)? {
    for entry in entries {
      for (candidate, command) in entry.commands where candidate == path { return command }
    }
    return nil
  }

  /// The command with a name such as `queue admit`, as in the history; nil if there is none.
  static func command(named name: String) -> (any Command.Type)? {
    command(at: name.split(separator: " ").map(String.init))
  }
}
