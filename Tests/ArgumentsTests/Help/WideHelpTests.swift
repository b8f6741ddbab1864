import Testing
import Text

@testable import Arguments

/// Help in scripts whose characters are wide, joined, marked or written from right to left.
@Suite("Help in other scripts: rule 28")
struct WideHelpTests {
  private static let rate = Option(
    "rate", .rate, short: "r", help: "초마다 들여보낼 사람 수; 쓰지 않으면 한꺼번에 들여보내고 서비스가 받아들이는 만큼 빨라집니다",
    section: "속도 조절", environment: "T_RATE")
  private static let face = Option(
    "face", .choice(["👩‍👩‍👧", "🇰🇷", "👍🏽", "❤️"]), help: "화면에 👨‍👩‍👧‍👦 가족, 🇰🇷🇯🇵 국기, 👍🏽 피부색, ❤️ 변형을 보여 줍니다, 1️⃣ 키캡도")
  private static let accents = Toggle(
    "accents",
    help:
      "Ze\u{301}ro\u{308} mo\u{302}ts compose\u{301}s ne prennent de colonne pour leurs accents, me\u{302}me quand ils sont nombreux"
  )
  private static let hebrew = Toggle(
    "hebrew", help: "מכניס את כל מי שעומד בתור, לפי הסדר שבו הגיע, בלי לאבד אף אחד מהם")
  private static let arabic = Toggle("arabic", help: "يُدخِلُ كُلَّ مَنْ يَنْتَظِرُ في الطَّابُورِ بِحَسَبِ تَرْتِيبِ وُصُولِهِ")
  private static let japanese = Toggle("japanese", help: "待っている人を、着いた順に、誰も失わずにすべて入れる。途中で止めても、入れた人はそのまま残る。")

  private static let root = CommandSpecification(
    "tool", summary: "대기열에서 기다리는 사람을 들여보냅니다",
    discussion: """
      기다리는 사람을 앞에서부터 한 묶음씩 들여보냅니다. 묶음 하나는 Redis를 1ms쯤 붙잡고, 그 사이에 아무도 잃어버리지 않습니다. \
      \u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}처럼 풀어 쓴 글자도 두 칸입니다 🎤.

        tool --rate 7/s   목록은 그대로 둡니다
      """,
    examples: [Example("tool 420", "앞에서부터 420명을 들여보내고 나머지는 그대로 두어 다음에 이어서 들여보낼 수 있게 합니다")],
    operands: [OptionalOperand("COUNT", .integer, help: "들여보낼 사람 수; 쓰지 않으면 설정된 자리가 찰 때까지 들여보냅니다 (한 번에 많아야 500명)")],
    options: [rate, face, accents, hebrew, arabic, japanese],
    exitStatuses: [ExitStatus(75, "다른 사람이 같은 대기열에서 들여보내고 있어서 이 명령은 아무것도 하지 않고 끝났습니다")],
    environment: [EnvironmentVariable("T_HOME", "상태를 적어 두는 디렉터리; 없으면 홈 디렉터리 아래에 만들고 다음부터 그곳을 씁니다")])

  @Test("rule 28: no line is wider than the terminal, in any script", arguments: [40, 60, 80, 100])
  func width(width: Int) {
    for style in [HelpPage.Style.short, .full] {
      for line in HelpPage(CommandPath(Self.root), style).text(width: width).split(separator: "\n") {
        #expect(line.displayWidth <= width, "\(line)")
      }
    }
  }

  @Test(
    "rule 28: lines are filled: the first word of the next one would not have fitted", arguments: [40, 60, 80, 100])
  func filled(width: Int) {
    let text =
      Self.root.examples.map(\.text).joined() + " " + Self.arabic.details.help + " " + Self.accents.details.help
    let lines = TextLayout(width: width).wrap(text, indent: 2, hanging: 4)
    #expect(lines.count > 1)
    for (line, next) in zip(lines, lines.dropFirst()) {
      let word = next.drop { $0 == " " }.prefix { $0 != " " }
      #expect(line.displayWidth + 1 + word.displayWidth > width, "\(line)")
      #expect(next.hasPrefix("      ") && !next.hasPrefix("       "))
    }
  }

  @Test("rule 28: nothing is lost and no character divided", arguments: [40, 60, 80, 100])
  func whole(width: Int) {
    for text in Self.root.options.map(\.details.help) + Self.root.operands.map(\.help) {
      let lines = TextLayout(width: width).wrap(text, indent: 8)
      #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
      #expect(lines.map { $0.filter { $0 != " " }.count }.reduce(0, +) == text.filter { $0 != " " }.count)
    }
  }

  @Test("rule 28: in the short help the texts begin in one column, and go on in it")
  func columns() {
    let rows = [("한글", "넓다"), ("e\u{301}", "좁다"), ("👨‍👩‍👧‍👦", "그림"), ("תור", "오른쪽에서"), ("plain", "보통")]
    let lines = TextLayout(width: 40).table(rows)
    for (line, row) in zip(lines, rows) {
      let start = line.firstRange(of: row.1)?.lowerBound ?? line.startIndex
      #expect(line[..<start].displayWidth == 9, "\(line)")
    }
    let short = HelpPage(CommandPath(Self.root), .short).text(width: 40)
    #expect(!short.contains("…"))
    for option in Self.root.options {
      #expect(short.filter { !" \n".contains($0) }.contains(option.details.help.filter { $0 != " " }))
    }
  }

  @Test("rule 28: Korean help at 60 columns")
  func page() throws {
    #expect(
      HelpPage(CommandPath(Self.root), .full).text(width: 60).contains(
        """
        대기열에서 기다리는 사람을 들여보냅니다

        Examples:
          앞에서부터 420명을 들여보내고 나머지는 그대로 두어 다음에
          이어서 들여보낼 수 있게 합니다
            $ tool 420

        Description:
          기다리는 사람을 앞에서부터 한 묶음씩 들여보냅니다. 묶음
          하나는 Redis를 1ms쯤 붙잡고, 그 사이에 아무도 잃어버리지
          않습니다. \u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}처럼 풀어 쓴 글자도 두 칸입니다 🎤.

          tool --rate 7/s   목록은 그대로 둡니다

        """))
  }

  @Test("rule 28: no line of the sample is longer than the terminal, unless one word is", arguments: [40, 60, 80, 100])
  func sample(width: Int) {
    for path in CommandPath(Sample.root).all {
      for style in [HelpPage.Style.short, .full] {
        for line in HelpPage(path, style).text(width: width).split(separator: "\n") where !line.contains("$ ") {
          #expect(line.displayWidth <= width || !line.drop { $0 == " " }.contains(" "), "\(line)")
        }
      }
    }
  }

  @Test("rule 28: an unknown width is 80, one below 40 is taken as 40, and one above 100 as 100")
  func extremeWidths() {
    let page = HelpPage(CommandPath(Sample.root), .full)
    #expect(page.text() == page.text(width: 80))
    for width in [Int.min, -5, 0, 39] { #expect(page.text(width: width) == page.text(width: 40)) }
    for width in [101, 10_000, Int.max] { #expect(page.text(width: width) == page.text(width: 100)) }
  }
}
