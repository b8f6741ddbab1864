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

  private func filtered(_ run: Binary.Run) -> Binary.Run {
    // Process ids and versions differ in length too, so columns are two blanks apart here.
    let output = run.output.replacing(#/\d+\.\d+(\.\d+)?/#, with: "<version>")
      .replacing(#/ {2,}/#, with: "  ").replacing(#/  \d+  /#, with: "  <pid>  ").replacing(
        #/"pid": \d+/#, with: "\"pid\": <pid>")
    return Binary.Run(status: run.status, output: output, errors: run.errors)
  }

  private func match(_ run: Binary.Run, _ name: String, _ home: Home) throws {
    try Snapshot.match(filtered(run), name, replacing: [home.path: "<state>"])
  }

  private func match(
    _ run: Binary.Run, _ home: Home, status: Int32 = 0, output: String = "", errors: String = "", line: Int = #line
  ) throws {
    try Snapshot.match(
      filtered(run), status: status, output: output, errors: errors, replacing: [home.path: "<state>"], line: line)
  }

  @Test("a whole life: start, look, use by default, seed, reset, stop")
  func life() throws {
    let home = Home()
    try match(home.run("sandbox", "status"), "sandbox-status-stopped", home)
    try match(
      home.run("sandbox", "env"), home, status: 69,
      errors: """
        usher: no sandbox is running in <state>/usher/sandbox
          hint: usher sandbox start
        """)
    try match(
      home.run("sandbox", "stop"), home, errors: "no sandbox was running in <state>/usher/sandbox")
    try match(
      home.run("sandbox", "start", "--no-seed"), home,
      output: """
        running: postgres <version>, redis <version> in <state>/usher/sandbox
        point this shell at it with: eval "$(usher sandbox env)"
        """)
    try match(
      home.run("sandbox", "start"), home,
      output: "already running: postgres <version>, redis <version> in <state>/usher/sandbox")
    try match(home.run("sandbox", "status"), "sandbox-status", home)
    try match(home.run("sandbox", "env"), "sandbox-env", home)
    try match(home.run("sandbox", "env", "--shell", "fish"), "sandbox-env-fish", home)

    // Where nothing is configured, the running sandbox is what usher works on.
    try match(
      home.run("schema", "apply", "--yes"), home, output: "nothing to do: all 2 steps are applied")
    try match(home.run("seed", "--dry-run"), "seed-dry-run", home)
    try match(
      home.run("seed"), home, status: 77,
      errors: """
        usher: cannot ask for confirmation of 'usher seed' without a terminal
          hint: look at the plan with `--dry-run`, then add `--yes`
        """)
    try match(
      home.run("seed", "--yes"), home,
      output: "created 12,410 rows; a sandbox is emptied by `usher sandbox reset --no-seed`, other stores by hand")
    try match(home.run("seed", "--yes"), "seed-again", home)

    try match(
      home.run("sandbox", "reset"), home, status: 77,
      errors: """
        usher: cannot ask for confirmation of 'usher sandbox reset' without a terminal
          hint: add `--yes`
        """)
    try match(
      home.run("sandbox", "reset", "--no-seed", "--yes"), home, errors: "reset the sandbox in <state>/usher/sandbox")
    #expect(try home.run("seed", "--yes", "-q").status == 0)
    try match(
      home.run("sandbox", "stop"), home, errors: "stopped the sandbox in <state>/usher/sandbox")
    try match(
      home.run("sandbox", "stop", "--delete"), home, status: 77,
      errors: """
        usher: cannot ask for confirmation of 'usher sandbox stop --delete' without a terminal
          hint: add `--yes`
        """)
    #expect(access(home.directory, F_OK) == 0)
    try match(
      home.run("sandbox", "stop", "--delete", "--yes"), home,
      errors: """
        no sandbox was running in <state>/usher/sandbox
        deleted <state>/usher/sandbox
        """)
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
      ["sandbox", "reset"], environment: environment, script: [.init("delete everything", "n\n")])
    #expect(refused.status == 77)
    let kept = try Binary.runInTerminal(
      ["sandbox", "stop", "--delete"], environment: environment, script: [.init("delete the sandbox", "n\n")])
    #expect(kept.status == 77)
    let done = try Binary.runInTerminal(
      ["sandbox", "reset", "--no-seed"], environment: environment, script: [.init("delete everything", "y\n")])
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
