import Glibc

/// Measurements for people. JSON and CSV have the plain numbers.
public enum Figures {
  /// `1,234.50` with two decimals; `-` for what is not a number.
  public static func number(_ number: Double, decimals: Int) -> String {
    guard number.isFinite else { return "-" }
    return grouped(fixed(number, decimals: decimals))
  }

  /// The two largest units that matter: `250ms`, `4.2s`, `1m 20s`, `2h 5m`, `3d 4h`.
  ///
  /// It is cut, not rounded, so that an age is never shown older than it is.
  public static func duration(milliseconds: Int) -> String {
    if milliseconds < 0 { return "-" + duration(milliseconds: milliseconds == .min ? .max : -milliseconds) }
    if milliseconds < 1000 { return "\(milliseconds)ms" }
    if milliseconds < 10_000 { return "\(milliseconds / 1000).\(milliseconds % 1000 / 100)s" }
    let seconds = milliseconds / 1000
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60)
    if days > 0 { return "\(grouped(String(days)))d" + (hours > 0 ? " \(hours)h" : "") }
    if hours > 0 { return "\(hours)h" + (minutes > 0 ? " \(minutes)m" : "") }
    if minutes > 0 { return "\(minutes)m" + (seconds % 60 > 0 ? " \(seconds % 60)s" : "") }
    return "\(seconds)s"
  }

  /// The two largest units of a `Duration` that matter.
  public static func duration(_ duration: Duration) -> String {
    self.duration(milliseconds: duration.milliseconds)
  }

  /// `512 B`, `1.5 KiB`, `12 MiB`: powers of 1024, one decimal below ten.
  public static func bytes(_ count: Int) -> String {
    let magnitude = Double(count.magnitude)
    var (scaled, unit) = (magnitude, "B")
    for next in ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] where scaled >= 1023.5 {
      (scaled, unit) = (scaled / 1024, next)
    }
    let text = unit == "B" || scaled >= 9.95 ? fixed(scaled, decimals: 0) : fixed(scaled, decimals: 1)
    return (count < 0 ? "-" : "") + text + " " + unit
  }

  /// A decimal number with a fixed number of decimals, as C prints it; the locale is never set, so the point is a point.
  private static func fixed(_ number: Double, decimals: Int) -> String {
    let decimals = Int32(clamping: max(0, min(decimals, 17)))
    return withVaList([decimals, number]) { arguments in
      // 309 digits before the point is the most that a double has.
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: 340) { buffer in
        let length = vsnprintf(buffer.baseAddress, buffer.count, "%.*f", arguments)
        return String(decoding: UnsafeRawBufferPointer(buffer).prefix(Int(length)), as: UTF8.self)
      }
    }
  }

  /// A decimal number with a comma between each three digits before the point.
  static func grouped(_ number: String) -> String {
    let sign = number.hasPrefix("-") ? "-" : ""
    let digits = number.utf8.dropFirst(sign.utf8.count)
    let whole = digits.prefix { $0 != UInt8(ascii: ".") }
    var grouped: [UInt8] = Array(sign.utf8)
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index) % 3 == 0 { grouped.append(UInt8(ascii: ",")) }
      grouped.append(digit)
    }
    return String(decoding: grouped + digits.dropFirst(whole.count), as: UTF8.self)
  }
}

extension Duration {
  /// Whole milliseconds, cut towards zero; the nearest end of `Int` where they do not fit.
  public var milliseconds: Int {
    let (seconds, attoseconds) = components
    let (scaled, overflow) = Int(seconds).multipliedReportingOverflow(by: 1000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, carried) = scaled.addingReportingOverflow(Int(attoseconds / 1_000_000_000_000_000))
    return carried ? (seconds < 0 ? .min : .max) : sum
  }
}
