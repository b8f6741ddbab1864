/// One connection to one Redis server, for one thread.
///
/// Commands may be sent ahead of their replies: `append` gives a ticket, `reply(to:)` takes the reply for it, and replies of
/// other tickets that come first are kept. Closed by `deinit`.
public final class RedisConnection {
  public let target: RedisTarget
  public let options: RedisOptions
  var knownVersion: RedisVersion?
  private var channel: RedisChannel?
  /// Commands whose replies are owed, in the order in which the server will answer.
  private var owed = Fifo<Owed>()
  private var arrived: [RedisTicket: RedisValue] = [:]
  private var labels: [RedisTicket: CommandLabel] = [:]
  private var nextTicket = RedisTicket(number: 0)
  /// The oldest ticket that `nextReply` has not passed, and the later ones that are taken or reserved already.
  private var oldestOpen = RedisTicket(number: 0)
  private var passed: Set<RedisTicket> = []
  private var ignoresInterruption = false
  /// True until the server has let us in; waits then have the time for connecting.
  private var isGreeting = false

  private struct Owed {
    var ticket: RedisTicket
    /// What to send when the server does not know the script.
    var script: (source: String, rest: [RedisArgument])?
    var isAbandoned = false
  }

  /// Connects, authenticates and selects the database.
  public init(_ target: RedisTarget, options: RedisOptions = .init()) throws(RedisError) {
    self.target = target
    self.options = options
    try reconnect()
  }

  /// Drops the connection, with all replies that it owes, and connects again in the same way.
  public func reconnect() throws(RedisError) {
    disconnect()
    do throws(ChannelProblem) {
      channel = try RedisChannel(try Connector.connect(to: target.endpoint, patience: patience(options.connectTimeout)))
    } catch {
      throw RedisError(connectReason(error), target: target.description)
    }
    isGreeting = true
    defer { isGreeting = false }
    do throws(RedisError) {
      try greet()
    } catch {
      disconnect()
      throw error
    }
  }

  /// Runs `body` with waits that an interruption does not end (timeouts still do): for a batch that must not be left in doubt.
  public func uninterrupted<T, E: Error>(_ body: () throws(E) -> T) throws(E) -> T {
    let before = ignoresInterruption
    ignoresInterruption = true
    defer { ignoresInterruption = before }
    return try body()
  }

  // MARK: One command

  /// Sends one command and waits for its reply; what the server refuses is thrown.
  @discardableResult
  public func command(_ words: RedisArgument...) throws(RedisError) -> RedisValue {
    try command(words)
  }

  @discardableResult
  public func command(_ words: [RedisArgument]) throws(RedisError) -> RedisValue {
    try checked(try append(words))
  }

  /// Runs a script by its digest, or by its source when the server does not have it.
  @discardableResult
  public func evaluate(
    _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument] = []
  ) throws(RedisError) -> RedisValue {
    try checked(try append(script, keys: keys, arguments: arguments))
  }

  // MARK: Many commands

  /// Sends all commands before it waits, and gives their replies in order; what the server refuses is an `.error` in its place.
  public func pipeline(_ commands: [[RedisArgument]]) throws(RedisError) -> [RedisValue] {
    var tickets: [RedisTicket] = []
    for words in commands { tickets.append(try append(words)) }
    var replies: [RedisValue] = []
    for ticket in tickets { replies.append(try reply(to: ticket)) }
    return replies
  }

  /// Queues a command; it is sent at the latest when a reply is waited for.
  @discardableResult
  public func append(_ words: [RedisArgument]) throws(RedisError) -> RedisTicket {
    try append(words, label: CommandLabel(words), script: nil)
  }

  /// Queues a script. Should the server not know it, its source is sent when that answer is read, so after all commands that
  /// were queued in between: scripts whose order matters have to check it themselves.
  @discardableResult
  public func append(
    _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument] = []
  ) throws(RedisError) -> RedisTicket {
    let rest: [RedisArgument] = [RedisArgument(keys.count)] + keys + arguments
    let label = CommandLabel(name: "EVALSHA (\(script.name))", keys: keys)
    let words: [RedisArgument] = ["EVALSHA", RedisArgument(script.digest)]
    return try append(words + rest, label: label, script: (script.source, rest))
  }

  /// Sends a script, as far as the socket takes it, and waits for no answer: for a process that ends now. Given with its source,
  /// because a server that does not know it could only say so.
  public func post(
    _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument] = []
  ) throws(RedisError) {
    try append(["EVAL", RedisArgument(script.source), RedisArgument(keys.count)] + keys + arguments)
    try flush()
  }

  /// Sends what is queued, as far as the socket takes it without waiting, so that the server works while the caller does.
  public func flush() throws(RedisError) {
    guard let channel, let debt = owed.first else { return }
    do throws(ChannelProblem) {
      try channel.transmit()
    } catch {
      throw ended(by: error, debt.ticket)
    }
  }

  /// Whether a reply is here already that no ticket has been asked for: what was sent after it may have been answered with it.
  public var hasReply: Bool { channel?.hasReply ?? false }

  /// The reply to one command, whatever came before it; an error of the server stays a value.
  public func reply(to ticket: RedisTicket) throws(RedisError) -> RedisValue {
    pass(ticket)
    while true {
      if let value = arrived.removeValue(forKey: ticket) {
        labels[ticket] = nil
        return value
      }
      guard labels[ticket] != nil, !owed.isEmpty else {
        throw error(.connectionLost(cause: "no reply is outstanding"), ticket)
      }
      try takeOne(for: ticket)
    }
  }

  /// The reply to the oldest command whose reply was not taken yet.
  public func nextReply() throws(RedisError) -> RedisValue {
    try reply(to: oldestOpen)
  }

  /// As `reply(to:)`, but throws what the server refused, with the command's name and its keys.
  public func checked(_ ticket: RedisTicket) throws(RedisError) -> RedisValue {
    let label = labels[ticket]
    let value = try reply(to: ticket)
    guard case .error(let error) = value else { return value }
    throw RedisError(
      .server(error), target: target.description, command: label?.name, keys: label?.keys(in: error) ?? [])
  }
}

/// A claim to one reply.
public struct RedisTicket: Hashable, Sendable {
  var number: Int
}

// MARK: - The way to the server and back

extension RedisConnection {
  private func patience(_ limit: Duration) -> Patience {
    let isInterrupted: @Sendable () -> Bool = if ignoresInterruption { { false } } else { options.isInterrupted }
    return Patience(limit, isInterrupted: isInterrupted, isAbandoned: options.isAbandoned)
  }

  private var patience: Patience { patience(isGreeting ? options.connectTimeout : options.commandTimeout) }

  private func disconnect() {
    channel = nil
    owed.removeAll()
    arrived = [:]
    labels = [:]
    passed = []
    oldestOpen = nextTicket
  }

  /// One round trip. Source: https://redis.io/docs/latest/commands/auth/ (the user came with Redis 6)
  private func greet() throws(RedisError) {
    var tickets: [RedisTicket] = []
    if let password = target.password ?? (target.user == nil ? nil : "") {
      var words: [RedisArgument] = ["AUTH"]
      if let user = target.user { words.append(RedisArgument(user)) }
      words.append(RedisArgument(password))
      tickets.append(try append(words, label: CommandLabel(name: "AUTH", keys: []), script: nil))
    }
    if target.database != 0 {
      tickets.append(try append(["SELECT", RedisArgument(target.database)]))
    }
    // Old or restricted servers refuse it, and nothing depends on it.
    let naming = try append(["CLIENT", "SETNAME", RedisArgument(options.clientName)])
    for ticket in tickets { _ = try checked(ticket) }
    _ = try reply(to: naming)
  }

  private func append(
    _ words: [RedisArgument], label: CommandLabel, script: (String, [RedisArgument])?
  ) throws(RedisError) -> RedisTicket {
    let ticket = nextTicket
    nextTicket.number += 1
    labels[ticket] = label
    try send(words, Owed(ticket: ticket, script: script))
    return ticket
  }

  private func send(_ words: [RedisArgument], _ debt: Owed) throws(RedisError) {
    guard let channel else { throw error(.connectionLost(cause: "the connection is closed"), debt.ticket) }
    owed.append(debt)
    do throws(ChannelProblem) {
      try channel.send(words, patience: patience)
    } catch {
      throw ended(by: error, debt.ticket)
    }
  }

  /// Takes the server's next reply and files it under its ticket.
  private func takeOne(for ticket: RedisTicket) throws(RedisError) {
    guard let channel else { throw error(.connectionLost(cause: "the connection is closed"), ticket) }
    let value: RedisValue
    do throws(ChannelProblem) {
      value = try channel.receive(patience: patience)
    } catch {
      throw ended(by: error, ticket)
    }
    guard let debt = owed.popFirst(), !debt.isAbandoned else { return }
    if case .error(let error) = value, error.code == "NOSCRIPT", let script = debt.script {
      let words: [RedisArgument] = ["EVAL", RedisArgument(script.source)]
      try send(words + script.rest, Owed(ticket: debt.ticket))
    } else {
      arrived[debt.ticket] = value
    }
  }

  /// After an interruption the owed replies are read and dropped later; after anything else the connection is of no more use.
  private func ended(by problem: ChannelProblem, _ ticket: RedisTicket) -> RedisError {
    let result = error(lostReason(problem), ticket)
    if case .interrupted = problem {
      var abandoned = Fifo<Owed>()
      while var debt = owed.popFirst() {
        debt.isAbandoned = true
        labels[debt.ticket] = nil
        abandoned.append(debt)
      }
      owed = abandoned
      passed = []
      oldestOpen = nextTicket
    } else {
      disconnect()
    }
    return result
  }

  /// Marks a ticket as taken, so that `nextReply` goes past it.
  func pass(_ ticket: RedisTicket) {
    guard ticket.number >= oldestOpen.number else { return }
    passed.insert(ticket)
    while passed.remove(oldestOpen) != nil { oldestOpen.number += 1 }
  }

  private func error(_ reason: RedisError.Reason, _ ticket: RedisTicket) -> RedisError {
    RedisError(reason, target: target.description, command: labels[ticket]?.name, keys: labels[ticket]?.keys ?? [])
  }

  private func connectReason(_ problem: ChannelProblem) -> RedisError.Reason {
    switch problem {
    case .timedOut(let limit): .connectTimedOut(after: limit)
    case .interrupted: .interrupted
    default: .cannotConnect(cause: problem.cause)
    }
  }

  private func lostReason(_ problem: ChannelProblem) -> RedisError.Reason {
    switch problem {
    case .timedOut(let limit): isGreeting ? .connectTimedOut(after: limit) : .commandTimedOut(after: limit)
    case .interrupted: .interrupted
    case .notRedis(let cause): .notRedis(cause: cause)
    default: .connectionLost(cause: problem.cause)
    }
  }
}
