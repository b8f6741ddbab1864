import Text

/// The rows of one table of a sale, each a function of its index.
struct SeedTable {
  let name: String
  let columns: [String]
  let count: Int
  /// Writes the row of this index; its id is the index and one.
  let write: (Int, inout CopyText) -> Void

  var copyStatement: String { "COPY \(name) (\(columns.joined(separator: ", "))) FROM STDIN" }

  /// Hands over all rows, some tens of kilobytes at a time.
  func write(to body: ([UInt8]) throws -> Void) rethrows {
    var text = CopyText()
    for index in 0..<count {
      write(index, &text)
      text.endRow()
      if text.bytes.count > 65_536 {
        try body(text.bytes)
        text.removeAll()
      }
    }
    if !text.bytes.isEmpty { try body(text.bytes) }
  }
}

extension TicketSale {
  /// All tables, those first that others refer to.
  var tables: [SeedTable] {
    [customers, concerts, options, seats, reservationTable, payments, eventTable]
  }

  private var customers: SeedTable {
    SeedTable(name: "customer", columns: ["id", "name", "balance"], count: scale.customers) { index, row in
      var random = SeedRandom(seed: seed, stream: "customer", row: index)
      row.integer(index + 1)
      row.text(SaleNames.customer(&random))
      row.integer(random.below(101) * 10_000)
    }
  }

  private var concerts: SeedTable {
    SeedTable(name: "concert", columns: ["id", "name"], count: scale.concerts) { index, row in
      row.integer(index + 1)
      row.text(SaleNames.concert(index))
    }
  }

  private var options: SeedTable {
    SeedTable(name: "concert_option", columns: ["id", "concert_id", "concert_date"], count: scale.options) {
      index, row in
      row.integer(index + 1)
      row.integer(index / scale.datesPerConcert + 1)
      row.instant(date(option: index))
    }
  }

  private var seats: SeedTable {
    let columns = ["id", "concert_option_id", "seat_number", "price", "status", "version"]
    return SeedTable(name: "seat", columns: columns, count: scale.seats) { index, row in
      row.integer(index + 1)
      row.integer(index / SeedScale.seatsPerDate + 1)
      row.integer(index % SeedScale.seatsPerDate + 1)
      row.integer(price(seat: index))
      row.text(isLocked[index] ? "LOCKED" : "UNLOCKED")
      row.integer(isLocked[index] ? 1 : 0)
    }
  }

  private var reservationTable: SeedTable {
    let columns = ["id", "customer_id", "seat_id", "price", "status", "created_at", "expires_at"]
    return SeedTable(name: "reservation", columns: columns, count: reservations.count) { index, row in
      let reservation = reservations[index]
      row.integer(index + 1)
      row.integer(reservation.customer + 1)
      row.integer(reservation.seat + 1)
      row.integer(price(seat: reservation.seat))
      row.text(reservation.status.rawValue)
      row.instant(reservation.created)
      row.instant(reservation.created + Self.holdMilliseconds)
    }
  }

  private var payments: SeedTable {
    SeedTable(name: "payment", columns: ["id", "reservation_id", "amount", "paid_at"], count: paid.count) {
      index, row in
      let reservation = reservations[paid[index]]
      row.integer(index + 1)
      row.integer(paid[index] + 1)
      row.integer(price(seat: reservation.seat))
      row.instant(reservation.settled)
    }
  }

  private var eventTable: SeedTable {
    let columns = ["id", "key", "domain_type", "event_type", "payload", "status", "created_at", "published_at"]
    return SeedTable(name: "outbox_event", columns: columns, count: events.count) { index, row in
      let event = events[index]
      row.integer(index + 1)
      row.integer(event.reservation + 1)
      row.text(event.kind == .paid ? "PAYMENT" : "RESERVATION")
      row.text(event.kind.rawValue)
      row.text(payload(event))
      row.text(event.status.rawValue)
      row.instant(event.created)
      if event.status == .published {
        var random = SeedRandom(seed: seed, stream: "published", row: index)
        row.instant(event.created + 5 + random.below(795))
      } else {
        row.null()
      }
    }
  }

  /// What the service announces, as JSON.
  func payload(_ event: Event) -> String {
    let reservation = reservations[event.reservation]
    let time =
      switch event.kind {
      case .created: "reservedAt"
      case .paid: "paidAt"
      case .expired: "expiredAt"
      }
    return """
      {"reservationId":\(event.reservation + 1),"customerId":\(reservation.customer + 1),\
      "customerName":\(JSONWriter.quoted(customerName(reservation.customer))),"seatId":\(reservation.seat + 1),\
      "amount":\(price(seat: reservation.seat)),\
      "\(time)":"\(Timestamp.rfc3339(milliseconds: event.created))"}
      """
  }
}
