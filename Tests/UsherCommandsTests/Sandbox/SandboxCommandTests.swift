import Glibc
import Sandbox
import Support
import Testing

/// A sandbox in a state directory of its own, driven by the program alone.
@Suite("sandbox, schema and seed on the command line", .serialized)
struct SandboxCommandTests {
  /// The state directory, which goes with the sandbox in it.
  final class Home {
    let path = "/tmp/usher-home-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    var environment: [String: String] { ["PATH": "/usr/bin:/bin", "XDG_STATE_HOME": path, "USHER_BROKER": "/none"] }
    var directory: String { "\(path)/usher/sandbox" }

    func run(_ words: String..., also: [String: String] = [:]) throws -> Binary.Run {
      try Binary.run(words, environment: environment.merging(also) { $1 })
    }

    deinit {
      _ = try? run("sandbox", "stop", "--delete", "--yes")
      _ = try? ChildCommand("/bin/rm", ["-rf", path]).spawn().wait()
    }
  }

  private func match(_ run: Binary.Run, _ name: String, _ home: Home) throws {
    // Process ids and versions differ in length too, so columns are two blanks apart here.
    let output = run.output.replacing(#/\d+\.\d+(\.\d+)?/#, with: "<version>")
      .replacing(#/ {2,}/#, with: "  ").replacing(#/  \d+  /#, with: "  <pid>  ").replacing(
        #/"pid": \d+/#, with: "\"pid\": <pid>")
    let text = "status \(run.status)\n--- stdout\n\(output)--- stderr\n\(run.errors)"
    try Snapshot.match(text: text, name, replacing: [home.path: "<state>"])
  }

  @Test("a whole life: start, look, use by default, seed, reset, stop")
  func life() throws {
    let home = Home()
    try match(home.run("sandbox", "status"), "sandbox-status-stopped", home)
    try match(home.run("sandbox", "env"), "sandbox-env-stopped", home)
    try match(home.run("sandbox", "stop"), "sandbox-stop-nothing", home)
    try match(home.run("sandbox", "start", "--no-seed"), "sandbox-start", home)
    try match(home.run("sandbox", "start"), "sandbox-start-again", home)
    try match(home.run("sandbox", "status"), "sandbox-status", home)
    try match(home.run("sandbox", "env"), "sandbox-env", home)
    try match(home.run("sandbox", "env", "--shell", "fish"), "sandbox-env-fish", home)

    // Where nothing is configured, the running sandbox is what usher works on.
    try match(home.run("schema", "apply", "--yes"), "schema-apply-again", home)
    try match(home.run("seed", "--dry-run"), "seed-dry-run", home)
    try match(home.run("seed"), "seed-without-consent", home)
    try match(home.run("seed", "--yes"), "seed", home)
    try match(home.run("seed", "--yes"), "seed-again", home)

    try match(home.run("sandbox", "reset"), "sandbox-reset-without-consent", home)
    try match(home.run("sandbox", "reset", "--no-seed", "--yes"), "sandbox-reset", home)
    #expect(try home.run("seed", "--yes", "-q").status == 0)
    try match(home.run("sandbox", "stop"), "sandbox-stop", home)
    try match(home.run("sandbox", "stop", "--delete"), "sandbox-stop-delete-without-consent", home)
    #expect(access(home.directory, F_OK) == 0)
    try match(home.run("sandbox", "stop", "--delete", "--yes"), "sandbox-stop-delete", home)
    #expect(access(home.directory, F_OK) != 0)
  }

  @Test("the variables make usher, psql and redis-cli point at it")
  func variables() throws {
    let home = Home()
    #expect(try home.run("sandbox", "start", "-q").status == 0)
    let script = """
      eval "$("$USHER" sandbox env)"
      psql -X -At -c 'SELECT count(*) FROM seat'
      redis-cli zcard waiting_tokens
      "$USHER" config check >/dev/null 2>&1 && echo configured
      unset XDG_STATE_HOME
      "$USHER" sandbox status -o csv | grep -c running
      "$USHER" seed --yes 2>&1 | head -1
      """
    var environment = home.environment
    environment["USHER"] = try Binary.path()
    let run = try Binary.run(program: "/bin/sh", ["-c", script], environment: environment)
    #expect(run.errors == "")
    let lines = run.output.split(separator: "\n")
    #expect(lines.prefix(4) == ["5000", "2000", "configured", "2"])
    #expect(lines.last?.contains("will not seed tickets at ") == true)
  }

  @Test("on a terminal reset asks, and no is no")
  func asks() throws {
    let home = Home()
    #expect(try home.run("sandbox", "start", "-q").status == 0)
    var environment = home.environment
    environment["TERM"] = "xterm"
    let refused = try Binary.runInTerminal(
      ["sandbox", "reset"], environment: environment, script: [.init("throw away everything", "n\n")])
    #expect(refused.status == 77)
    let kept = try Binary.runInTerminal(
      ["sandbox", "stop", "--delete"], environment: environment, script: [.init("delete the sandbox", "n\n")])
    #expect(kept.status == 77)
    let done = try Binary.runInTerminal(
      ["sandbox", "reset", "--no-seed"], environment: environment, script: [.init("throw away everything", "y\n")])
    #expect(done.status == 0)
    #expect(done.output.contains("reset the sandbox in "))
  }

  @Test("a protected context is never given a schema or a seed", arguments: [["schema", "apply"], ["seed"]])
  func protected(words: [String]) throws {
    let home = Home()
    mkdir(home.path, 0o755)
    let path = "\(home.path)/config.yaml"
    let file = fopen(path, "w")
    fputs(
      "current-context: live\ncontexts:\n  live: { protected: true, postgres: 'host=/none', redis: 'unix:///none' }\n",
      file)
    if let file { fclose(file) }
    let run = try Binary.run(
      words + ["--yes", "--confirm", "live", "--reason", "x"],
      environment: home.environment.merging(["USHER_CONFIG": path]) { $1 })
    #expect(run.status == 77)
    #expect(run.errors.contains("in the protected context 'live'"))
  }

  @Test("a directory with other things in it is refused with its name")
  func foreign() throws {
    let home = Home()
    mkdir(home.path, 0o755)
    mkdir("\(home.path)/precious", 0o755)
    try match(home.run("sandbox", "start", "--directory", home.path), "sandbox-start-foreign", home)
  }

  @Test("status is an array for a script, also where nothing runs")
  func status() throws {
    let home = Home()
    let run = try home.run("sandbox", "status", "-o", "json")
    #expect(run.status == 0)
    #expect(run.output.contains(#""server": "postgres""#) || run.output.contains(#""server":"postgres""#))
    #expect(run.output.contains("stopped"))
  }
}
