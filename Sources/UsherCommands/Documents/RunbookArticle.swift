import Arguments

/// `usher-runbook(7)`: how to solve the problems of a ticket sale.
///
/// A test runs the command lines of each section, in their order, on a sandbox that has the problem.
enum RunbookArticle {
  static let article = ManualArticle(
    "usher-runbook", section: 7, summary: "solve problems of a ticket sale",
    parts: [.section("DESCRIPTION"), .text(introduction)]
      + runbooks.flatMap { [.section($0.title.uppercased()), .text($0.symptom)] + $0.steps.flatMap(\.parts) })

  /// One problem, from its symptom to its solution.
  struct Runbook {
    let title: String
    let symptom: String
    let steps: [Step]
  }

  struct Step {
    let text: String
    let commands: [String]

    init(_ text: String, _ commands: String...) {
      self.text = text
      self.commands = commands
    }

    var parts: [ManualArticle.Part] { [.text(text), .commands(commands)] }
  }

  private static let introduction = """
    Each section describes one problem: what you see, how to confirm it, how to solve it, and how to check the result. \
    The commands are those of the reference ticket sale, with a capacity of 2,100. Use the names of your own queue, \
    cache and table instead. If the context is protected, add `--confirm` with its name.

    First run `usher status`, which shows the state of everything, and `usher doctor`, which checks what usher itself \
    needs. Each change below prints how to undo it. `usher history` lists the changes, and `usher undo` takes one back.

    To practise, run the same commands in a sandbox: `usher sandbox start`.
    """

  static let runbooks = [waitingRoom, cutOff, held, closed, herPlace, unannounced, slowSeats, staleList, backlog]

  private static let waitingRoom = Runbook(
    title: "The waiting room does not move",
    symptom: """
      People wait and nobody is admitted: the number of waiting people and the oldest wait grow, and fewer people are \
      active than the capacity allows. The service's own admission loop is down or slow.
      """,
    steps: [
      Step("Show how many people wait, for how long, and how much capacity is free:", "usher queue status"),
      Step("Show what filling the queue would do. Nothing is changed:", "usher queue admit --fill-to 2100 --dry-run"),
      Step(
        "Fill the queue. The batches are atomic, so the service's loop may start again meanwhile:",
        "usher queue admit --fill-to 2100 --yes --reason 'admission loop is down'"),
      Step("Check that 2,100 people are active, and that the oldest wait is shorter:", "usher queue status -o json"),
    ])

  private static let cutOff = Runbook(
    title: "Active people are about to expire together",
    symptom: """
      With the preset set-ttl all active people share the time to live of one key, which each admission restarts. When \
      admissions stop, all of them expire together, five minutes after the last admission: the number of active people \
      falls from thousands to zero. People who have expired are no longer in Redis and must take a new token.
      """,
    steps: [
      Step(
        "Show when the active people expire, in the column `active ends in`. A warning says if the key never expires:",
        "usher queue status"),
      Step(
        """
        Admit at least one person. This restarts the time for everybody who is still active. If nobody may be admitted, \
        pause the queue instead, as described below:
        """,
        "usher queue admit 1 --yes --reason 'keep the active alive'"),
      Step(
        "Then admit waiting people to the capacity that is free:",
        "usher queue admit --fill-to 2100 --yes --reason 'room after the cut'"),
      Step("Check that the active people have five minutes again:", "usher queue status"),
    ])

  private static let held = Runbook(
    title: "Nobody may be admitted for some time",
    symptom: """
      Payment is slow, or a release is being deployed: users already admitted may finish; nobody new is admitted. With \
      the preset set-ttl, stopping only the service's admission loop would make all active people expire together, as \
      described above.
      """,
    steps: [
      Step(
        "Show how many people wait, and until when active people would stay active:",
        "usher queue pause --for 10m --dry-run"),
      Step(
        """
        Pause the queue. Active people stay active until the end of the pause and for the time of one admission after \
        it. The pause ends by itself:
        """,
        "usher queue pause --for 10m --yes --reason 'payment is slow'"),
      Step("Check the pause and its end, below the table:", "usher queue status"),
      Step("Show how long the line takes at a rate that the service can serve:", "usher queue plan --rate 420/min"),
      Step("Admit people again:", "usher queue resume --yes --reason 'payment is well'"),
    ])

  private static let closed = Runbook(
    title: "The waiting room has to be emptied",
    symptom: """
      The sale is cancelled for today, or the service must start with an empty waiting room. The people who waited keep \
      their positions for later.
      """,
    steps: [
      Step("Show how many people would be set aside. Nothing is changed:", "usher queue park --dry-run"),
      Step(
        "Set them aside. This is one step at any length of the line. They are kept until you return them:",
        "usher queue park --yes --reason 'sale is called off'"),
      Step("Check that nobody waits. The number of people set aside is below the table:", "usher queue status"),
      Step(
        "Return everybody to the exact score. People who joined meanwhile are sorted in by their scores:",
        "usher queue unpark --yes --reason 'sale goes on'"),
      Step("Check that the number of people and the oldest wait are as before:", "usher queue status -o json"),
    ])

  private static let herPlace = Runbook(
    title: "A customer says that she lost her position",
    symptom: """
      A customer writes to support that she waited for an hour and is at the end of the line, or that she was not \
      admitted when it was her turn. Take her token from the request, and store it in the variable TOKEN.
      """,
    steps: [
      Step(
        "Show whether she waits, is active, was set aside or is unknown, and the estimated time:",
        "usher queue show \"$TOKEN\""),
      Step(
        "If she is right, move her to the front. Her old score is kept for the undo:",
        "usher queue move \"$TOKEN\" --to front --yes --reason 'lost her position'"),
      Step("Check that she is the first in line:", "usher queue show \"$TOKEN\" -o json", "usher queue list --limit 3"),
    ])

  private static let unannounced = Runbook(
    title: "A customer paid and has no ticket",
    symptom: """
      A payment is committed, but the next steps never happened, because its event is still in the outbox: with status \
      INIT if the producer failed after the commit, or FAIL if somebody has marked it.
      """,
    steps: [
      Step("Show how many events are stuck, and the age of the oldest:", "usher outbox status"),
      Step(
        "Show where the events of payments would be published. Events of the last minute are left to the service:",
        "usher outbox replay --type PAYMENT_COMPLETED --dry-run"),
      Step(
        "Publish them. They keep their order within a key, and each is marked after the broker has acknowledged it:",
        "usher outbox replay --type PAYMENT_COMPLETED --yes --reason 'payments were not announced'"),
      Step("Check that only events of other types, or of the last minute, are left:", "usher outbox status -o json"),
    ])

  private static let slowSeats = Runbook(
    title: "The seat page is slow",
    symptom: """
      The page that lists the free seats of a concert becomes slower with the number of seats on sale, and the database \
      is busy.
      """,
    steps: [
      Step("Show which statements take the most time in total:", "usher query slow --limit 3"),
      Step(
        "Show how the server runs the statement, and which step takes the most time. Here it reads all seats:",
        """
        usher query explain --analyze --sql "SELECT s.id FROM concert_option o JOIN seat s ON s.concert_option_id = o.id \
        WHERE o.concert_id = 1 AND s.status = 'UNLOCKED' AND o.concert_date > now()"
        """),
      Step(
        "Build the missing indexes while the sale continues:",
        "usher index create concert_option concert_id concert_date id --yes --reason 'slow seat page'",
        "usher index create seat status concert_option_id --yes --reason 'slow seat page'"),
      Step(
        "Check that both exist and are valid:", "usher index list --table seat",
        "usher index list --table concert_option"),
    ])

  private static let staleList = Runbook(
    title: "The concert list is stale",
    symptom: """
      A concert was added or moved, and people still see the old list, because the list is cached and nobody has evicted \
      it.
      """,
    steps: [
      Step("Show the caches and how many entries they have:", "usher cache list"),
      Step(
        "Evict the list:",
        "usher cache evict concerts --yes --reason 'stale concert list'"),
      Step(
        "Fill the cache before all readers use the database at once:",
        "usher cache warm concerts --yes --reason 'stale concert list'"),
      Step("Check that the entry exists again:", "usher cache list -o json"),
    ])

  private static let backlog = Runbook(
    title: "The outbox is backed up",
    symptom: """
      Thousands of events of all types are stuck: the producer or the broker was down for some time.
      """,
    steps: [
      Step(
        "Check that the stores and the broker answer before you publish anything:", "usher doctor", "usher status"),
      Step(
        "Publish a few events first, the oldest first, and check that they arrive:",
        "usher outbox replay --limit 10 --yes --reason 'broker was down'"),
      Step(
        """
        Then publish the others, at a rate that the consumers can process. The first Ctrl-C ends the run after the \
        current batch, and the same command continues later:
        """,
        "usher outbox replay --rate 2000/s --yes --reason 'broker was down'"),
      Step("Check that no event older than a minute is left:", "usher outbox status -o json"),
    ])
}
