// swift-tools-version: 6.2

import PackageDescription

// The table of contents. Layers from the bottom up; a target's dependency list is the only set of imports that it has.

// What `usher version` says of itself; Swift has no macro with a value, C has.
let commit = Context.gitInformation.map { $0.currentCommit + ($0.hasUncommittedChanges ? "+changes" : "") } ?? ""

let package = Package(
  name: "usher",
  products: [.executable(name: "usher", targets: ["usher"])],
  targets: [
    // C libraries, one header each. Those that bring many others along are loaded at the first call, see CLateBinding.
    .target(name: "CLateBinding"),
    .target(name: "CLibpq", dependencies: ["CLateBinding"]),
    .target(name: "CRdkafka", dependencies: ["CLateBinding"]),
    .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
    .systemLibrary(name: "CYaml", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CSpawn"),

    .target(name: "CBuildInfo", cSettings: [.define("USHER_COMMIT", to: "\"\(commit)\"")]),

    // Foundations: they know nothing of usher's work.
    .target(name: "Text"),
    .target(name: "Failures"),
    .target(name: "Arguments", dependencies: ["Text"], exclude: ["DESIGN.md"]),
    .target(name: "Terminal", dependencies: ["Text", "Failures"]),

    // One safe wrapper for each C library; nothing else imports a C module.
    .target(name: "Postgres", dependencies: ["CLibpq", "Text", "Failures"]),
    .target(name: "Redis", dependencies: ["CHiredis", "Text", "Failures"]),
    .target(name: "Kafka", dependencies: ["CRdkafka", "Failures"]),
    .target(name: "Yaml", dependencies: ["CYaml"]),

    // What every command stands on.
    .target(name: "Configuration", dependencies: ["Text", "Failures", "Arguments", "Yaml"]),
    .target(name: "Changes", dependencies: ["Text", "Failures", "Postgres", "Redis"]),

    // The domain modules: connections and values in, records out.
    .target(name: "WaitingRoom", dependencies: ["Text", "Failures", "Redis", "Changes"]),
    .target(name: "Caching", dependencies: ["Text", "Failures", "Postgres", "Redis", "Changes"]),
    .target(name: "Advisor", dependencies: ["Text", "Failures", "Postgres", "Changes"]),
    .target(name: "Outbox", dependencies: ["Text", "Failures", "Postgres", "Redis", "Kafka", "Changes"]),
    // What is found about all of them.
    .target(
      name: "Health",
      dependencies: [
        "Text", "Failures", "Postgres", "Redis", "Kafka", "Changes", "WaitingRoom", "Caching", "Outbox",
      ]),
    .target(name: "Sandbox", dependencies: ["CSpawn", "Text", "Failures", "Postgres", "Redis", "Kafka"]),

    // The commands, and the program.
    .target(
      name: "UsherCommands",
      dependencies: [
        "CBuildInfo", "Text", "Failures", "Arguments", "Terminal", "Postgres", "Redis", "Kafka", "Configuration",
        "Changes", "WaitingRoom", "Caching", "Advisor", "Outbox", "Health", "Sandbox",
      ]),
    .executableTarget(name: "usher", dependencies: ["Arguments", "Terminal", "UsherCommands"]),

    // Tests: one folder a target; Support starts the real servers through Sandbox.
    .target(
      name: "Support",
      dependencies: ["CRdkafka", "CSpawn", "Failures", "Postgres", "Redis", "Kafka", "Changes", "Sandbox"],
      path: "Tests/Support"),
    .testTarget(name: "TextTests", dependencies: ["Text", "Support"]),
    .testTarget(name: "ArgumentsTests", dependencies: ["Text", "Arguments"], exclude: ["Snapshots"]),
    .testTarget(name: "TerminalTests", dependencies: ["Text", "Failures", "Terminal", "CSpawn"]),
    .testTarget(name: "PostgresTests", dependencies: ["Postgres", "Support"]),
    .testTarget(name: "RedisTests", dependencies: ["Redis", "Support"]),
    .testTarget(name: "KafkaTests", dependencies: ["CRdkafka", "Failures", "Kafka", "Support"]),
    .testTarget(name: "YamlTests", dependencies: ["Yaml"]),
    .testTarget(name: "ConfigurationTests", dependencies: ["Failures", "Configuration"]),
    .testTarget(name: "ChangesTests", dependencies: ["Changes", "Support"]),
    .testTarget(name: "WaitingRoomTests", dependencies: ["WaitingRoom", "Support"]),
    .testTarget(name: "CachingTests", dependencies: ["Text", "Redis", "Caching", "Support"]),
    .testTarget(
      name: "AdvisorTests", dependencies: ["Advisor", "Support"], exclude: ["Queries/Snapshots"]),
    .testTarget(
      name: "OutboxTests", dependencies: ["Failures", "Changes", "Kafka", "Outbox", "Postgres", "Redis", "Support"]),
    .testTarget(
      name: "HealthTests",
      dependencies: [
        "Failures", "Postgres", "Redis", "Kafka", "Changes", "WaitingRoom", "Caching", "Outbox", "Health", "Support",
      ]),
    .testTarget(name: "SandboxTests", dependencies: ["Sandbox", "Support"], exclude: ["Snapshots"]),
    .testTarget(
      name: "UsherCommandsTests", dependencies: ["UsherCommands", "Arguments", "Support"],
      exclude: [
        "Change/Snapshots", "Config/Snapshots", "History/Snapshots", "Outbox/Snapshots",
        "Overview/Snapshots", "Queue/Snapshots", "Sandbox/Snapshots",
      ]),
  ],
  swiftLanguageModes: [.v6]
)

// Continuous integration takes warnings for errors; a newer compiler's new warning must not stop anybody else.
if Context.environment["USHER_WARNINGS_AS_ERRORS"] != nil {
  for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
  }
}
