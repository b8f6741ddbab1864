import Failures
import Glibc
import Testing

@testable import Sandbox

@Suite("a sandbox's files")
struct SandboxFilesTests {
  private func record(kafka: String? = nil, directory: String = "/d", place: String = "/d") -> SandboxRecord {
    SandboxRecord(
      directory: directory, place: place, postgresPID: 1, redisPID: 2, kafkaPID: kafka.map { _ in 3 }, kafka: kafka,
      startedMilliseconds: 4)
  }

  @Test("a directory is known by one name, whether it is there or not, and by whatever way")
  func resolve() throws {
    let scratch = Scratch()
    let root = scratch.path
    try makeDirectories("\(root)/real/inner", mode: 0o755)
    symlink("\(root)/real", "\(root)/link")
    symlink("\(root)/nowhere", "\(root)/broken")
    for (name, expected) in [
      ("real", "real"), ("real/", "real"), ("real/./inner/..", "real"), ("link", "real"), ("link/inner", "real/inner"),
      ("link/gone", "real/gone"), ("link/gone/too", "real/gone/too"), ("gone", "gone"), ("gone/", "gone"),
      ("//gone//too", "gone/too"), ("broken", "broken"),
    ] {
      #expect(SandboxFiles.resolve("\(root)/\(name)") == "\(root)/\(expected)", "\(name)")
    }
    #expect(SandboxFiles.resolve("/") == "/")
    #expect(SandboxFiles.resolve("/never-there") == "/never-there")
    #expect(SandboxFiles.resolve("never-there") == "\(SupportTests.here())/never-there")
    #expect(SandboxFiles.resolve("never/there") == "\(SupportTests.here())/never/there")
  }

  @Test(
    "a directory that is missing, empty or a sandbox's is fine; one that holds anything else is refused by its name")
  func check() throws {
    let scratch = Scratch()
    try SandboxFiles.check(scratch.path)
    try makeDirectories(scratch.path, mode: 0o755)
    try SandboxFiles.check(scratch.path)
    for name in SandboxFiles.names { try writeFile("\(scratch.path)/\(name)", "") }
    try SandboxFiles.check(scratch.path)
    for name in ["zebra", ".hidden", "공연"] { try writeFile("\(scratch.path)/\(name)", "") }
    let failure = #expect(throws: Failure.self) { try SandboxFiles.check(scratch.path) }
    #expect(failure?.kind == .refused)
    #expect(failure?.causes == ["found: .hidden"])
    #expect(failure?.hints == ["give an empty directory with `--directory`"])
  }

  @Test("deleting removes what a sandbox made, and neither what else is there nor its directory then")
  func remove() throws {
    let scratch = Scratch()
    let outside = Scratch("outside")
    try makeDirectories("\(scratch.path)/postgres-home/data", mode: 0o755)
    try makeDirectories(outside.path, mode: 0o755)
    for path in ["\(scratch.path)/postgres-home/data/PG_VERSION", "\(scratch.path)/lock", "\(outside.path)/kept"] {
      try writeFile(path, "")
    }
    symlink(outside.path, "\(scratch.path)/servers")
    try writeFile("\(scratch.path)/thesis.txt", "added later")
    SandboxFiles.remove(scratch.path, [scratch.path])
    #expect(entries(of: scratch.path) == ["thesis.txt"])
    #expect(entries(of: outside.path) == ["kept"])
    unlink("\(scratch.path)/thesis.txt")
    SandboxFiles.remove(scratch.path, [scratch.path])
    #expect(!exists(scratch.path))
  }

  @Test("the configuration names the stores that run, and publishes to Kafka only where there is one")
  func configuration() {
    let with = SandboxFiles.configuration(record(kafka: "127.0.0.1:9092"))
    let without = SandboxFiles.configuration(record())
    for text in [with, without] {
      #expect(text.contains(#"    postgres: "host=/d/run port=5432 user=usher dbname=tickets""#))
      #expect(text.contains(#"    redis: "unix:///d/run/redis.sock""#))
      #expect(text.contains("active-ttl: 300s"))
    }
    #expect(with.contains("\n    kafka: \"127.0.0.1:9092\"\n"))
    #expect(with.contains("to: kafka, topic: \"{domain_type}\""))
    #expect(!without.contains("kafka"))
    #expect(without.contains("to: redis-stream, stream: \"events:{domain_type}\""))
  }

  @Test("its redis-cli is a script that survives quotes in paths, and the stand-in is linked beside the configuration")
  func write() throws {
    let scratch = Scratch("it's \"mine\"")
    let place = Scratch("place")
    for path in [scratch.path, place.path] { try makeDirectories(path, mode: 0o755) }
    try makeDirectories("\(scratch.path)/bin", mode: 0o755)
    let record = record(directory: scratch.path, place: place.path)
    // Twice, as every start does.
    for _ in 0..<2 { try SandboxFiles.write(record, path: "/usr/bin") }
    let script = String(decoding: try readFile("\(place.path)/bin/redis-cli"), as: UTF8.self)
    #expect(script.hasPrefix("#!/bin/sh\n"))
    #expect(script.hasSuffix("redis-cli' -s '\(place.path)/run/redis.sock' \"$@\"\n"))
    #expect(access("\(place.path)/bin/redis-cli", X_OK) == 0)
    #expect(script.contains(" -h | -p | -s | -u) exec '"))
    #expect(SandboxFiles.resolve("\(scratch.path)/servers") == place.path)
    #expect(String(decoding: try readFile(record.configPath), as: UTF8.self) == SandboxFiles.configuration(record))
  }
}

@Suite("a sandbox's record")
struct SandboxRecordTests {
  private func record(in directory: String) -> SandboxRecord {
    SandboxRecord(
      directory: directory, place: "/var/tmp/a=b", postgresPID: 11, redisPID: 12, kafkaPID: 13,
      kafka: "127.0.0.1:40001", startedMilliseconds: moment)
  }

  @Test("what is written is read again, with and without a broker")
  func roundTrip() throws {
    let scratch = Scratch()
    try makeDirectories(scratch.path, mode: 0o755)
    var record = record(in: scratch.path)
    try record.write()
    #expect(SandboxRecord.read(scratch.path) == record)
    (record.kafka, record.kafkaPID) = (nil, nil)
    try record.write()
    #expect(SandboxRecord.read(scratch.path) == record)
    #expect(record.postgres == "host=/var/tmp/a=b/run port=5432 user=usher dbname=tickets")
    #expect(record.redis == "unix:///var/tmp/a=b/run/redis.sock")
    #expect(record.configPath == "\(scratch.path)/config.yaml")
  }

  @Test(
    "a file that says too little is no record, and more than is known is no hindrance",
    arguments: [
      ("", false), ("\n\n", false), ("rubbish", false), ("place=/p\npostgres-pid=1", false),
      ("place=/p\npostgres-pid=x\nredis-pid=2", false), ("postgres-pid=1\nredis-pid=2", false),
      ("place=/p\npostgres-pid=1\nredis-pid=99999999999999", false), ("place=/p\npostgres-pid=1\nredis-pid=2", true),
      ("place=/p\npostgres-pid=1\nredis-pid=2\nlater=yes\n=\nkafka-pid=?", true),
    ])
  func incomplete(text: String, isRecord: Bool) throws {
    let scratch = Scratch()
    try makeDirectories(scratch.path, mode: 0o755)
    try writeFile(SandboxRecord.path(in: scratch.path), text)
    #expect((SandboxRecord.read(scratch.path) != nil) == isRecord)
    #expect(SandboxRecord.running(in: scratch.path) == nil)
  }

  @Test("it runs while both of its servers do, by whatever name its directory is called")
  func running() throws {
    let scratch = Scratch()
    try makeDirectories("\(scratch.path)/real", mode: 0o755)
    symlink("\(scratch.path)/real", "\(scratch.path)/link")
    let mark = "\(scratch.path)/real"
    let servers = try (0..<2).map { _ in
      try ChildCommand("/bin/sleep", ["100"], environment: [ProcessTable.markName: mark]).spawn()
    }
    var record = record(in: mark)
    (record.postgresPID, record.redisPID) = (servers[0].pid, servers[1].pid)
    try record.write()
    // A process shows its mark a moment after its birth.
    #expect(eventually { SandboxRecord.running(in: mark) == record })
    #expect(SandboxRecord.running(in: "\(scratch.path)/link/.") == record)
    #expect(SandboxRecord.running(in: "\(scratch.path)/gone") == nil)
    servers[1].endNow()
    #expect(SandboxRecord.running(in: mark) == nil)
    servers[0].endNow()
  }
}

@Suite("a sandbox's lock")
struct SandboxLockTests {
  @Test("who waits gets it when the holder is done")
  func waits() throws {
    let scratch = Scratch()
    try makeDirectories(scratch.path, mode: 0o755)
    var first: SandboxLock? = try SandboxLock(scratch.path, isInterrupted: { false })
    var turns = 0
    // Asked between two tries: after the second the holder is done.
    let second = try SandboxLock(scratch.path) {
      turns += 1
      if turns == 2 { first = nil }
      return false
    }
    #expect(turns == 2 && first == nil)
    #expect(throws: Failure.self) { try SandboxLock(scratch.path, isInterrupted: { true }) }
    withExtendedLifetime(second) {}
  }

  @Test("where the directory cannot be written, the lock's path is named")
  func unwritable() {
    let failure = #expect(throws: Failure.self) { try SandboxLock("/proc/nothing", isInterrupted: { false }) }
    #expect(failure?.kind == .cannotCreate)
    #expect(failure?.message == "cannot write /proc/nothing/lock")
  }

  @Test("its file is its user's alone, and stays for the next")
  func file() throws {
    let scratch = Scratch()
    try makeDirectories(scratch.path, mode: 0o755)
    do { _ = try SandboxLock(scratch.path, isInterrupted: { false }) }
    var status = stat()
    #expect(stat("\(scratch.path)/lock", &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }
}
