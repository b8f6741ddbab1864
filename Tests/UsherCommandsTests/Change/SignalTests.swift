import Glibc
import Redis
import Sandbox
import Support
import Testing

@Suite("Signals in the middle of a change")
struct SignalTests {
  /// A paced admission that has begun.
  private func begin(_ shop: Shop, _ words: [String] = ["queue", "admit", "20", "--rate", "50/s"]) throws
    -> ChildProcess
  {
    var command = ChildCommand(
      "/bin/sh",
      ["-c", "exec \"$0\" \"$@\" >\(shop.home)/out 2>\(shop.home)/err", try Binary.path()] + words + ["--yes"],
      environment: shop.environment)
    command.isSessionLeader = true
    let child = try command.spawn()
    while try shop.redis.command("SCARD", "active_tokens") == .integer(0) { usleep(2_000) }
    return child
  }

  /// Sends a signal and waits until the process has it: two of a kind that wait together count as one.
  private func signal(_ child: ChildProcess, _ number: Int32) throws {
    kill(child.pid, number)
    for _ in 0..<400 {
      let status = try SourceFiles.text(of: "/proc/\(child.pid)/status")
      let pending = status.firstMatch(of: #/ShdPnd:\s*([0-9a-f]+)/#).flatMap { UInt64($0.1, radix: 16) }
      if pending == 0 { return }
      usleep(10_000)
    }
    Issue.record("the signal was never taken")
  }

  private func said(_ shop: Shop) throws -> (output: String, errors: String) {
    defer { for name in ["out", "err"] { unlink("\(shop.home)/\(name)") } }
    return (try SourceFiles.text(of: "\(shop.home)/out"), try SourceFiles.text(of: "\(shop.home)/err"))
  }

  /// What stands in Redis when the server has read all that was sent to it.
  private func lockIsHeld(_ shop: Shop) throws -> Bool {
    try shop.redis.command("EXISTS", "usher:{waiting_tokens}:lock") == .integer(1)
  }

  @Test(
    "one or two quick ones end it after the batch in hand, with its words and its lock given back", arguments: [1, 2])
  func quick(presses: Int) throws {
    let shop = try Shop()
    let child = try begin(shop)
    for _ in 0..<presses { kill(child.pid, SIGINT) }
    #expect(child.wait() == .status(130))
    let (output, errors) = try said(shop)
    let active = try shop.redis.command("SCARD", "active_tokens").integer
    #expect(output.hasPrefix("admitted \(active) of 30; undo with: usher undo 01"))
    #expect(errors == "usher: stopped on request after \(active) of 20\n")
    #expect(try !lockIsHeld(shop))
  }

  @Test("a second one, while the server stands still, ends it at once and gives the lock back")
  func insisted() throws {
    // A server that was stopped with an answer in hand finds nobody to give it to, and reads no further; then the lock is a dead one's.
    #expect(try (0..<5).contains { _ in try insistOnce() }, "it would have run out by itself only after 15 s")
  }

  /// True when what was sent at the end was read.
  private func insistOnce() throws -> Bool {
    let shop = try Shop()
    let child = try begin(shop, ["queue", "admit", "20", "--rate", "5/s"])
    shop.server.freeze()
    defer { shop.server.thaw() }
    // The first one ends the work between two batches; what is left is to record that, and no answer comes.
    try signal(child, SIGINT)
    #expect(child.poll() == nil)
    // One that comes sooner is the same wish.
    usleep(400_000)
    try signal(child, SIGINT)
    #expect(child.wait() == .status(130))
    shop.server.thaw()
    for _ in 0..<200 where try lockIsHeld(shop) { usleep(10_000) }
    let isGivenBack = try !lockIsHeld(shop)
    let (output, errors) = try said(shop)
    #expect(output.isEmpty)
    #expect(errors.hasPrefix("usher: stopped by a second signal in the middle of a batch\n"), "\(errors)")
    #expect(errors.contains("hint: see what was done with `usher history 01"))
    #expect(errors.contains("the lock expires within 15 s"))
    let record = try #require(try shop.json(["history"]).list?.first)
    #expect(record["state"]?.text == (isGivenBack ? "interrupted" : "lost"))
    #expect(record["changed"]?.number == Double(try shop.redis.command("SCARD", "active_tokens").integer))
    #expect(try shop.usher("undo", "--last", "--yes").status == 0)
    #expect(try shop.redis.command("ZCARD", "waiting_tokens") == .integer(30))
    return isGivenBack
  }

  @Test("kill -9 of a run with a pace leaves no lock, and an operation that the next command tells of")
  func killed() throws {
    let shop = try Shop()
    let child = try begin(shop)
    kill(child.pid, SIGKILL)
    _ = child.wait()
    #expect(try !lockIsHeld(shop))
    let dead = try #require(try shop.json(["history"]).list?.first)
    #expect(dead["state"]?.text == "lost")
    let id = try #require(dead["operation"]?.text)
    let changed = Int(dead["changed"]?.number ?? 0)
    let news =
      "warning: queue admit \(id) by \(dead["actor"]?.text ?? "") did not finish; it has changed \(changed) of 20; "
    let plan = try shop.usher("queue", "admit", "1", "--dry-run")
    let advice = "to undo it, run `usher undo \(id)` before this command\n"
    #expect((plan.status, plan.errors) == (0, news + advice))
    // A run with --quiet leaves the warning to the next run. A run that prints it ends it.
    let cron = try shop.usher("queue", "admit", "1", "--yes", "-q")
    #expect((cron.status, cron.errors) == (0, ""), "\(cron)")
    let next = try shop.usher("queue", "admit", "1", "--yes")
    #expect(
      (next.status, next.errors) == (0, news + "`usher undo \(id)` undoes it, except for what this command changes\n"),
      "\(next)")
    let after = try shop.usher("queue", "admit", "1", "--yes")
    #expect((after.status, after.errors) == (0, ""), "\(after)")
    // The undo of this operation does not warn about it.
    let undone = try shop.usher("undo", id, "--yes")
    #expect(undone.status == 0 && !undone.errors.contains("did not finish"), "\(undone)")
    #expect(try shop.redis.command("SCARD", "active_tokens") == .integer(3))
  }

  @Test("who waits for the lock of one that is killed meanwhile is told of it")
  func killedWhileWaiting() throws {
    let shop = try Shop()
    let child = try begin(shop)
    // As in the middle of a batch: it has the lock, and does not go on.
    kill(child.pid, SIGSTOP)
    let heartbeat = try #require(try shop.redis.command("KEYS", "usher:{waiting_tokens}:alive:*").array.first)
    let token = try shop.redis.command("GET", RedisArgument(try heartbeat.bytes)).bytes
    try shop.redis.command("SET", "usher:{waiting_tokens}:lock", RedisArgument(token), "PX", "600000")
    fclose(fopen("\(shop.home)/waiter", "w"))
    defer { unlink("\(shop.home)/waiter") }
    var command = ChildCommand(
      "/bin/sh", ["-c", "exec \"$0\" queue admit 1 --yes --wait 30s 2>\(shop.home)/waiter", try Binary.path()],
      environment: shop.environment)
    command.isSessionLeader = true
    let waiter = try command.spawn()
    func told() -> String { (try? SourceFiles.text(of: "\(shop.home)/waiter")) ?? "" }
    while !told().contains("waiting: "), waiter.poll() == nil { usleep(2_000) }
    kill(child.pid, SIGKILL)
    _ = child.wait()
    #expect(waiter.wait() == .status(0))
    #expect(told().contains(" did not finish; it has changed "), "\(told())")
  }

  @Test("kill -9 of an undo names the undo that goes on with it")
  func killedUndo() throws {
    let shop = try Shop()
    #expect(try shop.usher("queue", "admit", "20", "--yes").status == 0)
    let id = try #require(try shop.json(["history"]).list?.first?["operation"]?.text)
    var command = ChildCommand(
      try Binary.path(), ["undo", id, "--rate", "10/s", "--yes"], environment: shop.environment)
    command.isSessionLeader = true
    let child = try command.spawn()
    while try shop.redis.command("SCARD", "active_tokens") == .integer(20) { usleep(2_000) }
    kill(child.pid, SIGKILL)
    _ = child.wait()
    let other = try shop.usher("queue", "admit", "1", "--dry-run")
    #expect(other.errors.contains("; continue it with `usher undo \(id)`\n"), "\(other)")
    let again = try shop.usher("undo", id, "--yes")
    #expect(again.status == 0 && again.errors.contains(", and this command continues it\n"), "\(again)")
    #expect(try shop.redis.command("ZCARD", "waiting_tokens") == .integer(30))
  }

  @Test("SIGTERM ends it like Ctrl-C, with its own status")
  func terminated() throws {
    let shop = try Shop()
    let child = try begin(shop)
    kill(child.pid, SIGTERM)
    #expect(child.wait() == .status(143))
    #expect(try said(shop).errors.hasPrefix("usher: stopped on request after "))
    #expect(try !lockIsHeld(shop))
  }

  @Test(
    "while the plan is made ends it with nothing changed and nothing recorded, also two quick ones", arguments: [1, 2])
  func planning(presses: Int) throws {
    let shop = try Shop()
    defer { for name in ["fifo", "echo"] { unlink("\(shop.home)/\(name)") } }
    let run = try shop.shell(
      """
      set -m
      mkfifo \(shop.home)/fifo
      "$USHER" queue remove --file \(shop.home)/fifo --yes & pid=$!
      exec 7>\(shop.home)/fifo
      for press in $(seq \(presses)); do kill -INT $pid; done
      trap '' PIPE
      echo token-1 >&7 2>\(shop.home)/echo
      exec 7>&-
      wait $pid
      """)
    #expect(run.status == 130)
    #expect(run.output.isEmpty)
    // bash says of a background job how it ended.
    #expect(run.errors.hasPrefix("usher: nothing was changed\n"))
    #expect(try shop.redis.command("ZCARD", "waiting_tokens") == .integer(30))
    #expect(try shop.isUntouched)
  }

  @Test("while it waits for the lock of another ends the wait, and nothing is changed")
  func waiting() throws {
    let shop = try Shop()
    try shop.redis.command("SET", "usher:{waiting_tokens}:lock", "lee@ops-2 77 x", "PX", "60000")
    let run = try shop.shell(
      """
      set -m
      "$USHER" queue admit 5 --yes --wait 1h 2>\(shop.home)/err & pid=$!
      until grep -q waiting \(shop.home)/err; do sleep 0.01; done
      kill -INT $pid
      wait $pid
      """)
    #expect(run.status == 130)
    let errors = try SourceFiles.text(of: "\(shop.home)/err")
    unlink("\(shop.home)/err")
    #expect(
      errors == """
        waiting: another usher is changing queue tickets in Redis at \(shop.server.socket)
        usher: nothing was changed

        """)
    #expect(try shop.redis.command("SCARD", "active_tokens") == .integer(0))
  }
}
