import Testing

@testable import Arguments

@Suite("A command's place in the tree")
struct CommandPathTests {
  private static let root = CommandPath(Sample.root)
  private static let check = HelpTests.path("cluster", "node", "disk", "check")

  @Test("has its names with and without the program's")
  func names() {
    #expect(Self.check.text == "tool cluster node disk check")
    #expect(Self.check.names == ["cluster", "node", "disk", "check"])
    #expect(Self.root.text == "tool")
    #expect(Self.root.names == [])
    #expect(Self.root.isRoot)
    #expect(!Self.check.isRoot)
    #expect(Self.check.command.name == "check")
    #expect(Self.root.command.name == "tool")
  }

  @Test("accepts the options of every command above, the nearest first and the built-in ones last")
  func options() {
    let flags = Self.check.options.map(\.details.flag)
    #expect(flags.first == "--level")
    #expect(flags.suffix(2) == ["--help", "--version"])
    let order = ["--directory", "--force", "--region", "--context", "--help"].map { flags.firstIndex(of: $0) ?? -1 }
    #expect(order == order.sorted() && !order.contains(-1))
    #expect(!Self.root.options.contains { $0.details.name == "region" })
    #expect(Self.check.inheritedOptions.first?.details.name == "force")
    #expect(Self.root.inheritedOptions.map(\.details.name) == ["help", "version"])
  }

  @Test("is equal by its names")
  func equality() {
    #expect(Self.check == HelpTests.path("cluster", "node", "disk", "check"))
    #expect(Self.check != HelpTests.path("cluster", "node", "disk"))
    #expect(Self.root == CommandPath(CommandSpecification("tool", summary: "Another of that name")))
  }

  @Test("lists all below it in declared order, and shows what isn't hidden")
  func all() {
    #expect(
      Self.root.all.map(\.text).filter { $0.hasPrefix("tool cluster") } == [
        "tool cluster", "tool cluster node", "tool cluster node disk", "tool cluster node disk check",
      ])
    #expect(Self.root.visibleSubcommands.map(\.name) == ["queue", "outbox", "index", "shift", "cluster", "help"])
    #expect(HelpTests.path("queue").visibleSubcommands.map(\.name) == ["status", "admit"])
    #expect(Self.check.visibleSubcommands.isEmpty)
    #expect(CommandPath(Sample.shift).visibleSubcommands.isEmpty)
    #expect(Self.root.all.first { $0.command.name == "secret" }?.isHidden ?? false)
    #expect(!Self.check.isHidden)
  }

  @Test("finds a subcommand by the bytes of its name")
  func subcommands() {
    #expect(Self.root.subcommand(named: "queue")?.name == "queue")
    #expect(Self.root.subcommand(named: "Queue") == nil)
    #expect(Self.root.subcommand(named: "que") == nil)
    #expect(Self.root.subcommand(named: "") == nil)
    #expect(Self.root.subcommand(named: "help") == nil)
  }
}
