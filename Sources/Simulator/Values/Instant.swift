import Glibc

/// A moment in 100 ns ticks since 1970-01-01T00:00:00Z: the resolution of the server's `datetime2(7)`.
package struct Instant: Sendable, Hashable, Comparable {
  package var ticks: Int64

  package init(ticks: Int64) { self.ticks = ticks }

  static let perSecond: Int64 = 10_000_000

  package static func < (a: Instant, b: Instant) -> Bool { a.ticks < b.ticks }

  /// Bounded to some three thousand years either way, so that no input can overflow.
  package func advanced(bySeconds seconds: Double) -> Instant {
    let seconds = seconds.isNaN ? 0 : max(-1e11, min(1e11, seconds))
    return Instant(ticks: ticks + Int64((seconds * Double(Self.perSecond)).rounded()))
  }

  /// The system's clock.
  static func systemNow() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(ticks: Int64(time.tv_sec) * perSecond + Int64(time.tv_nsec) / 100)
  }

  /// Reads an ISO 8601 date or date-time; without an offset it is Sofia time. Nil when it is not one.
  package init?(_ text: String) {
    guard let parsed = CivilTime.parse(text) else { return nil }
    switch parsed.offset {
    case .some(let offset): self.init(ticks: parsed.wall - Int64(offset) * 60 * Self.perSecond)
    case .none: self = SofiaTime(wall: parsed.wall).instant
    }
  }

  /// As an HTTP date, e.g. `Tue, 03 Feb 2026 12:30:00 GMT`.
  var httpDate: String {
    let civil = CivilTime(wall: ticks)
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let weekday = days[Int(civil.dayNumber - civil.dayNumber.floored(7) * 7)]
    return "\(weekday), \(civil.day.padded(2)) \(months[civil.month - 1]) \(civil.year.padded(4)) \(civil.clock) GMT"
  }
}

/// Local time in Sofia as the server stores it: without an offset, so the hour repeated in October is ambiguous (contract 3.2).
struct SofiaTime: Sendable, Hashable, Comparable {
  /// Ticks of the wall clock, counted as if it were UTC.
  var wall: Int64

  static func < (a: SofiaTime, b: SofiaTime) -> Bool { a.wall < b.wall }

  init(wall: Int64) { self.wall = wall }

  init(_ instant: Instant) { wall = instant.ticks + Self.offset(at: instant) }

  /// Rounded as SQL Server's `datetime` is: to 1/300 s, so milliseconds end in 0, 3 or 7.
  var roundedToDateTime: SofiaTime {
    let second = wall.floored(Instant.perSecond)
    let part = (wall - second * Instant.perSecond) * 3 + 50_000
    let thirds = part / 100_000
    return SofiaTime(wall: second * Instant.perSecond + (thirds * 20 + 3) / 6 * 10_000)
  }

  /// The moment meant; in the repeated hour the second pass, standard time.
  var instant: Instant {
    let standard = Instant(ticks: wall - 2 * Self.hour)
    return Self.offset(at: standard) == 2 * Self.hour ? standard : Instant(ticks: wall - 3 * Self.hour)
  }

  /// As the API writes it: explicit offset, fraction without trailing zeros, none for a whole second.
  var text: String {
    let summer = wall - instant.ticks == 3 * Self.hour
    return textWithoutOffset + (summer ? "+03:00" : "+02:00")
  }

  /// As the official document shows it.
  var textWithoutOffset: String {
    let civil = CivilTime(wall: wall)
    var fraction = ""
    if civil.fraction > 0 {
      fraction = String(civil.fraction + 10_000_000).dropFirst().description
      while fraction.last == "0" { fraction.removeLast() }
      fraction = "." + fraction
    }
    return "\(civil.date)T\(civil.clock)\(fraction)"
  }

  private static let hour: Int64 = 3600 * Instant.perSecond

  /// Rule of the European Union: summer time from the last Sunday of March to the last of October, changed at 01:00 UTC.
  private static func offset(at instant: Instant) -> Int64 {
    let year = CivilTime(wall: instant.ticks).year
    func change(_ month: Int) -> Int64 {
      let last = CivilTime.dayNumber(year: year, month: month, day: 31)
      let sunday = last - (last + 4 - (last + 4).floored(7) * 7)
      return (sunday * 24 + 1) * hour
    }
    return instant.ticks >= change(3) && instant.ticks < change(10) ? 3 * hour : 2 * hour
  }
}

extension Int64 {
  /// The quotient rounded down, also for negative numbers.
  func floored(_ divisor: Int64) -> Int64 { self >= 0 ? self / divisor : -((-self + divisor - 1) / divisor) }
}

extension Int {
  func padded(_ width: Int) -> String {
    let digits = String(self)
    return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
  }
}
