import Testing

@testable import Arguments

@Suite("What is accepted survives print and parse")
struct WordsAgainTests {
  @Test(
    "an invocation knows words that ask for the same, in one form",
    arguments: [
      ("queue status", "queue status"),
      ("-q queue -vv admit -n 5", "queue admit --dry-run --quiet --verbose --verbose -- 5"),
      ("queue admit --color --no-color", "queue admit --no-color"),
      ("queue admit -r 420/min --rate=14/s", "queue admit --rate=14/s"),
      ("queue admit --difference -1.5", "queue admit --delta=-1.5"),
      ("queue admit --since=-90s --timeout 300s", "queue admit --since=-1m30s --timeout=5m"),
      ("queue admit --reason= --reason=-x", "queue admit --reason=-x"),
      (
        "outbox replay --topic t --status INIT,FAIL -i1 -i 2",
        "outbox replay --status=INIT --status=FAIL --id=1 --id=2 --topic=t"
      ),
      ("index create -- -a - --", "index create -- -a - --"),
      ("shift -1.50", "shift -- -1.5"),
      (
        "cluster --region eu node --zip disk check d --host n:1 --size 1024B -t 0190A3F4-5B6C-7D8E-9FA0-B1C2D3E4F506",
        "cluster node disk check --size=1KiB --host=n:1 --trace=0190a3f4-5b6c-7d8e-9fa0-b1c2d3e4f506 --compress --region=eu -- d"
      ),
    ])
  func words(line: String, again: String) throws {
    guard case .run(let invocation) = Sample.parser.parse(Sample.words(line)) else { throw Sample.Unexpected() }
    #expect(invocation.words.joined(separator: " ") == again)
    // Without the warnings of former names.
    let plain = Sample.outcome(line).split(separator: ";").first.map(String.init)
    #expect(Sample.outcome(invocation.words) == plain)
  }

  @Test("what variables and files gave is not among the words")
  func others() throws {
    let result = Sample.parser.parse(
      ["queue", "admit", "5"], environment: ["T_VERBOSE": "3"],
      files: [FileValues(path: "file", values: ["timeout": "9s"])])
    guard case .run(let invocation) = result else { throw Sample.Unexpected() }
    #expect(invocation.values[Sample.verbose] == 3)
    #expect(invocation.words == ["queue", "admit", "--", "5"])
  }

  @Test("a toggle that was switched off without a way to say so has no words")
  func silent() {
    #expect(Sample.dryRun.words(for: true) == ["--dry-run"])
    #expect(Sample.dryRun.words(for: false) == [])
    #expect(Sample.color.words(for: false) == ["--no-color"])
    #expect(Sample.verbose.words(for: -1) == [])
    #expect(Sample.rate.words(for: "no rate") == [])
  }
}
