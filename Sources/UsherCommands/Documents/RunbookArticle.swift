import Arguments

/// `usher-runbook(7)`: what to do when a sale is stuck.
///
/// A test takes the command lines out of the page and runs them, in their order, on a sandbox in that trouble.
enum RunbookArticle {
  static let article = ManualArticle(
    "usher-runbook", section: 7, summary: "what to do when a ticket sale is stuck",
    parts: [.section("DESCRIPTION"), .text(introduction)]
      + runbooks.flatMap { [.section($0.title.uppercased()), .text($0.symptom)] + $0.steps.flatMap(\.parts) })

  /// One trouble, from what people see to what mends it.
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
    Each section is a trouble: what is seen, how to be sure, what mends it, and how to see that it did. The commands are \
    those of the reference ticket sale, with a capacity of 2,100; take your own queue, cache and table. Where the context is \
    protected, add `--confirm` with its name.

    Look first at everything at once with `usher status`, and at what usher itself needs with `usher doctor`. Every change \
    below prints how it is taken back; `usher history` lists what was done, and `usher undo` does it.

    The same commands work in a sandbox, to practise: `usher sandbox start`.
    """

  static let runbooks = [waitingRoom, cutOff, held, closed, herPlace, unannounced, slowSeats, staleList, backlog]

  private static let waitingRoom = Runbook(
    title: "The waiting room does not move",
    symptom: """
      People wait and nobody is let in: the depth grows, the oldest wait grows, and the active are fewer than the capacity. \
      The service's own admission loop is down or slow.
      """,
    steps: [
      Step("See how many wait, for how long, and how much room there is:", "usher queue status"),
      Step("See what filling the room would do; nothing is changed:", "usher queue admit --fill-to 2100 --dry-run"),
      Step(
        "Fill it. The batches are atomic, so the service's loop may come back meanwhile:",
        "usher queue admit --fill-to 2100 --yes --reason 'admission loop is down'"),
      Step("The active are 2,100 now, and the wait of the first in line is shorter:", "usher queue status -o json"),
    ])

  private static let cutOff = Runbook(
    title: "People are cut off at once",
    symptom: """
      With the preset set-ttl all active people share the time of one key, which every admission starts anew. When admissions \
      stop, everybody is cut off together, five minutes after the last one: the active fall from thousands to none. Who was \
      cut off is no longer in Redis and has to take a new token.
      """,
    steps: [
      Step(
        "See how long the active still have, in the last column; a warning says when the key has no end at all:",
        "usher queue status"),
      Step(
        """
        Admit somebody, however few: that starts the time anew for everybody who is still active. Where nobody may come in, pause \
        instead, as below:
        """,
        "usher queue admit 1 --yes --reason 'keep the active alive'"),
      Step(
        "Then give the room that the others left to those who wait:",
        "usher queue admit --fill-to 2100 --yes --reason 'room after the cut'"),
      Step("The active have five minutes again:", "usher queue status"),
    ])

  private static let held = Runbook(
    title: "Nobody may be let in for a while",
    symptom: """
      Payment is slow or a release goes out: who is in shall finish, and nobody new shall come in. Stopping the service's \
      admission loop alone would cut everybody off with the preset set-ttl, see above.
      """,
    steps: [
      Step("See who would be held, and until when the active would stay:", "usher queue pause --for 10m --dry-run"),
      Step(
        """
        Pause. The active keep their place until the pause is over and their own time after it; it ends by itself, also when \
        everybody has forgotten it:
        """,
        "usher queue pause --for 10m --yes --reason 'payment is slow'"),
      Step("The pause and its end stand below the table:", "usher queue status"),
      Step("See how long the line will take at the pace that the service can bear:", "usher queue plan --rate 420/min"),
      Step("Let people in again:", "usher queue resume --yes --reason 'payment is well'"),
    ])

  private static let closed = Runbook(
    title: "The waiting room has to be emptied",
    symptom: """
      The sale is called off for today, or the service must start with an empty line; those who waited shall have their places \
      when it goes on.
      """,
    steps: [
      Step("See how many would be set aside; nothing is changed:", "usher queue drain --dry-run"),
      Step(
        "Set them aside, in one step at any length of the line. They are kept until they are given back:",
        "usher queue drain --yes --reason 'sale is called off'"),
      Step("Nobody waits; how many are aside stands below the table:", "usher queue status"),
      Step(
        "Give everybody the place back. Who came meanwhile stands behind who came before:",
        "usher queue restore --yes --reason 'sale goes on'"),
      Step("The depth and the oldest wait are those of before:", "usher queue status -o json"),
    ])

  private static let herPlace = Runbook(
    title: "She says that she lost her place",
    symptom: """
      Somebody writes to support that she waited for an hour and is at the end, or cannot get in though it was her turn. Take \
      her token from the request, and put it into the variable TOKEN.
      """,
    steps: [
      Step(
        "See whether she waits, is in, was set aside or is unknown to Redis, and how long it will take:",
        "usher queue show \"$TOKEN\""),
      Step(
        "Where she was wronged, give her the front; her own score is kept for the undo:",
        "usher queue move \"$TOKEN\" --to front --yes --reason 'lost her place'"),
      Step("She is the first in line:", "usher queue show \"$TOKEN\" -o json", "usher queue list --limit 3"),
    ])

  private static let unannounced = Runbook(
    title: "She paid and has no ticket",
    symptom: """
      A payment is committed and what follows it never happened, because its event is still in the outbox: INIT when the \
      producer failed after the commit, FAIL when somebody marked it so.
      """,
    steps: [
      Step("See how many events are stuck, and how old the oldest is:", "usher outbox status"),
      Step(
        "See where the events of payments would go; events of the last minute are left to the service:",
        "usher outbox replay --type PAYMENT_COMPLETED --dry-run"),
      Step(
        "Publish them, in order within a key, each marked after the broker has it:",
        "usher outbox replay --type PAYMENT_COMPLETED --yes --reason 'payments were not announced'"),
      Step("What is left is of other types, or younger than a minute:", "usher outbox status -o json"),
    ])

  private static let slowSeats = Runbook(
    title: "The seat page is slow",
    symptom: """
      The page that lists the free seats of a concert takes longer the more seats are on sale, and the database is busy.
      """,
    steps: [
      Step("See which statements cost the most in all:", "usher query slow --limit 3"),
      Step(
        "See how the server runs it, and which part costs the most; here it reads all seats of the service:",
        """
        usher query explain --analyze --sql "SELECT s.id FROM concert_option o JOIN seat s ON s.concert_option_id = o.id \
        WHERE o.concert_id = 1 AND s.status = 'UNLOCKED' AND o.concert_date > now()"
        """),
      Step(
        "Build what is missing, while the sale goes on:",
        "usher index create concert_option concert_id concert_date id --yes --reason 'slow seat page'",
        "usher index create seat status concert_option_id --yes --reason 'slow seat page'"),
      Step("Both are there and valid:", "usher index list seat", "usher index list concert_option"),
    ])

  private static let staleList = Runbook(
    title: "The concert list is stale",
    symptom: """
      A concert was added or moved, and people still see the old list: it is cached, and nothing has emptied the cache.
      """,
    steps: [
      Step("See which caches there are and how many entries they have:", "usher cache list"),
      Step(
        "Evict the list. The key is taken as it is, blanks and brackets included:",
        "usher cache evict concerts --yes --reason 'stale concert list'"),
      Step(
        "Fill it before everybody asks the database for it at once:",
        "usher cache warm concerts --yes --reason 'stale concert list'"),
      Step("The entry is there again:", "usher cache list -o json"),
    ])

  private static let backlog = Runbook(
    title: "The outbox is backed up",
    symptom: """
      Events of all types are stuck, thousands of them: the producer or the broker was down for a while.
      """,
    steps: [
      Step(
        "See whether the stores and the broker answer now, before anything is sent:", "usher doctor", "usher status"),
      Step(
        "Begin with a few, the oldest first, and see that they arrive:",
        "usher outbox replay --limit 10 --yes --reason 'broker was down'"),
      Step(
        """
        Then the rest, at a pace that the consumers can follow. A first Ctrl-C ends it after the batch in hand, and running it \
        again goes on where it stopped:
        """,
        "usher outbox replay --rate 2000/s --yes --reason 'broker was down'"),
      Step("Nothing older than a minute is left:", "usher outbox status -o json"),
    ])
}
