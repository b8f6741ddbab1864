import Failures
import Glibc
import Text

/// The files that a sandbox writes for people and programs around it.
enum SandboxFiles {
  /// All names that a sandbox has in its directory and in its stand-in.
  static let names: Set<String> = [
    "run", "postgres-home", "redis", "log", "bin", "lock", "sandbox.state", "sandbox.state.new", "config.yaml",
    "config.yaml.new", "servers", "unfinished", "unfinished.new",
  ]

  /// Stands in a sandbox whose stores are being filled: if it is there at a start, that was broken off.
  static func unfinished(in directory: String) -> String { "\(directory)/unfinished" }

  /// Refuses a directory that holds anything but a sandbox; one that is missing or empty is fine.
  static func check(_ directory: String) throws(Failure) {
    let foreign = entries(of: directory).filter { !names.contains($0) }.sorted()
    guard foreign.isEmpty else {
      throw Failure(
        .refused, "will not create a sandbox in \(directory), which contains other files",
        causes: ["found: \(foreign[0])"],
        hints: ["give an empty directory with `--directory`"])
    }
  }

  /// Removes what a sandbox made, and its directories if nothing else is in them.
  ///
  /// - Parameter directory: the one that holds the lock, which goes last.
  static func remove(_ directory: String, _ places: [String]) {
    for path in places {
      for name in names where name != "lock" { removeTree("\(path)/\(name)") }
    }
    unlink("\(directory)/lock")
    for path in places { rmdir(path) }
  }

  /// The absolute path without symbolic links, of a directory that need not exist any more.
  static func resolve(_ directory: String) -> String {
    if let resolved = realpath(directory, nil) {
      defer { free(resolved) }
      return String(cString: resolved)
    }
    let pieces = directory.split(separator: "/")
    guard let last = pieces.last, last != ".", last != ".." else { return directory }
    let start = directory.hasPrefix("/") ? "/" : ""
    let above = start + pieces.dropLast().joined(separator: "/")
    let parent = resolve(above.isEmpty ? "." : above)
    return parent == "/" ? "/\(last)" : "\(parent)/\(last)"
  }

  /// Writes config.yaml, the redis-cli that talks to this sandbox, and the link to a stand-in.
  static func write(_ record: SandboxRecord, path: String) throws(Failure) {
    try writeFile(record.configPath, configuration(record))
    try makeDirectories(record.binDirectory, mode: 0o755)
    // The usual places first: in a shell that points at a sandbox, the PATH's first redis-cli is that sandbox's.
    if let client = Programs.find("redis-cli", path: "/usr/bin:/usr/local/bin:\(path)") {
      try writeFile("\(record.binDirectory)/redis-cli", clientScript(client, record.redisSocket), mode: 0o755)
    }
    if record.place != record.directory {
      unlink("\(record.directory)/servers")
      symlink(record.place, "\(record.directory)/servers")
    }
  }

  /// A redis-cli that talks to this socket unless its words name another server: those are not to be overruled in silence.
  ///
  /// Its options end at the first word without a hyphen, and some take the word after them. Source: `parseOptions` of redis-cli.
  private static func clientScript(_ client: String, _ socket: String) -> String {
    """
    #!/bin/sh
    # Written by `usher sandbox start`.
    value=
    for word do
      if [ -n "$value" ]; then value=; continue; fi
      case $word in
        -h | -p | -s | -u) exec \(ShellWords.singleQuoted(client)) "$@" ;;
        -[adinrtDX] | --user | --pass | --sni | --cacert | --cacertdir | --cert | --key | --tls-ciphers | \
    --tls-ciphersuites | --pattern | --quoted-pattern | --count | --cursor | --lru-test | --memkeys-samples | \
    --intrinsic-latency | --rdb | --functions-rdb | --pipe-timeout | --show-pushes) value=1 ;;
        -*) ;;
        *) break ;;
      esac
    done
    exec \(ShellWords.singleQuoted(client)) -s \(ShellWords.singleQuoted(socket)) "$@"

    """
  }

  static func configuration(_ record: SandboxRecord) -> String {
    let kafka = record.kafka.map { "\n    kafka: \"\($0)\"" } ?? ""  // in the place of its line
    let destination =
      record.kafka == nil ? "to: redis-stream, stream: \"events:{domain_type}\"" : "to: kafka, topic: \"{domain_type}\""
    return """
      # Written by `usher sandbox start`, which writes it anew each time.
      current-context: sandbox
      contexts:
        sandbox:
          postgres: "\(record.postgres)"
          redis: "\(record.redis)"\(kafka)
      queues:
        tickets: { preset: set-ttl, waiting: waiting_tokens, active: active_tokens, active-ttl: 300s, capacity: 2100 }
      caches:
        concerts:
          key: "concerts::SimpleKey []"
          warm:
            sql: |
              SELECT 'concerts::SimpleKey []' AS key,
                '[' || string_agg(format('{"id":%s,"name":%s}', id, to_json(name)), ',' ORDER BY id) || ']' AS value
              FROM concert
        concertOption:
          prefix: "concertOption::"
          warm:
            sql: |
              SELECT 'concertOption::' || concert_id AS key,
                '[' || string_agg(format('{"id":%s,"concertId":%s,"concertDate":"%s"}', id, concert_id,
                  to_char(concert_date AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), ',' ORDER BY id) || ']' AS value
              FROM concert_option GROUP BY concert_id
      outbox:
        table: outbox_event
        columns:
          id: id
          key: key
          type: event_type
          payload: payload
          status: status
          created: created_at
          published: published_at
        statuses: { init: INIT, published: PUBLISHED, fail: FAIL, retry: RETRY }
        publish: { \(destination), key: "{key}", value: "{payload}", headers: { event_type: "{event_type}" } }

      """
  }
}
