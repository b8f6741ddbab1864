import Testing

@testable import Arguments

@Suite("Rules about what goes together")
struct ConstraintTests {
  private static let members = ["--aa", "--bb", "NAME"]

  @Test(
    "are broken by what was given, and by nothing else",
    arguments: [
      (.atMostOne(members), [], nil),
      (.atMostOne(members), ["--aa"], nil),
      (.atMostOne(members), ["--aa", "NAME"], .several(["--aa", "NAME"])),
      (.exactlyOne(members), [], .noneOf(members, onlyOne: true)),
      (.exactlyOne(members), ["NAME"], nil),
      (.exactlyOne(members), ["--aa", "--bb", "NAME"], .several(members)),
      (.atLeastOne(members), [], .noneOf(members, onlyOne: false)),
      (.atLeastOne(members), ["--bb"], nil),
      (.atLeastOne(members), members, nil),
      (.allOrNone(members), [], nil),
      (.allOrNone(members), members, nil),
      (.allOrNone(members), ["--aa"], .onlySome(["--aa"], missing: ["--bb", "NAME"])),
      (.allOrNone(members), ["--aa", "NAME"], .onlySome(["--aa", "NAME"], missing: ["--bb"])),
    ] as [(Constraint, [String], Constraint.Violation?)])
  func violations(rule: Constraint, given: [String], violation: Constraint.Violation?) {
    #expect(rule.violation(given: given.contains) == violation)
    // What isn't a member doesn't matter.
    #expect(rule.violation { given.contains($0) || $0 == "--other" } == violation)
  }

  @Test("have a short way to be written, and know their members")
  func spelling() {
    let rules: [Constraint] = [
      .exclusive("--aa", "--bb"), .oneOf("--aa", "--bb"), .someOf("--aa", "--bb"), .together("--aa", "--bb"),
    ]
    #expect(
      rules == [
        .atMostOne(["--aa", "--bb"]), .exactlyOne(["--aa", "--bb"]), .atLeastOne(["--aa", "--bb"]),
        .allOrNone(["--aa", "--bb"]),
      ])
    #expect(rules.allSatisfy { $0.members == ["--aa", "--bb"] })
    #expect(rules.map(\.isExclusive) == [true, true, false, false])
  }
}
