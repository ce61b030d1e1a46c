/// Local time of Europe/Sofia: EET (+02:00) in winter, EEST (+03:00) in summer, switching at 01:00 UTC on the last Sunday of March and of
/// October (the rule of the European Union, followed by Bulgaria since 1997).
///
/// Computed here, not asked from the machine, so that a machine without time zone data or with another zone numbers documents the same way, and
/// rules stay pure. Should the rule be abolished, this is the one place to change.
package enum SofiaTime {
  /// Seconds that Sofia is ahead of UTC.
  package static func offset(at moment: Timestamp) -> Int {
    let date = CivilDate(daysSince1970: Int(moment.seconds.flooredQuotient(by: 86_400)))
    let start = switchMoment(month: 3, year: date.year)
    let end = switchMoment(month: 10, year: date.year)
    return moment.seconds >= start && moment.seconds < end ? 10_800 : 7_200
  }

  /// UTC of a local reading. The hour that October repeats is read as standard time (the later one), as ССЕВ does (contract section 3.2); the
  /// hour that March skips is read as summer time.
  package static func utcSeconds(fromLocalSeconds local: Int64) -> Int64 {
    let winter = local - 7_200
    return offset(at: Timestamp(seconds: winter)) == 7_200 ? winter : local - 10_800
  }

  package static func date(of moment: Timestamp) -> CivilDate { LocalTime(moment).date }

  /// 00:00 of a day in Sofia.
  package static func midnight(of date: CivilDate) -> Timestamp {
    Timestamp(seconds: utcSeconds(fromLocalSeconds: Int64(date.daysSince1970) * 86_400))
  }

  private static func switchMoment(month: Int, year: Int) -> Int64 {
    guard let last = CivilDate(year: year, month: month, day: 31) else { return .max }
    let sunday = last.adding(days: -(last.weekday % 7))
    return Int64(sunday.daysSince1970) * 86_400 + 3_600
  }

  /// A moment as a clock on a wall in Sofia shows it.
  package struct LocalTime: Sendable {
    package let date: CivilDate
    package let hour: Int
    package let minute: Int
    package let second: Int
    package let offset: Int

    package init(_ moment: Timestamp) {
      offset = SofiaTime.offset(at: moment)
      let local = moment.seconds + Int64(offset)
      let days = local.flooredQuotient(by: 86_400)
      date = CivilDate(daysSince1970: Int(days))
      let rest = Int(local - days * 86_400)
      hour = rest / 3600
      minute = rest / 60 % 60
      second = rest % 60
    }
  }

  /// Fills `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss` in a pattern; every other character stands for itself.
  package static func format(_ moment: Timestamp, _ pattern: String) -> String {
    let local = LocalTime(moment)
    var result = ""
    var rest = Substring(pattern)
    let fields: [(String, () -> String)] = [
      ("yyyy", { padded(local.date.year, 4) }), ("MM", { padded(local.date.month, 2) }), ("dd", { padded(local.date.day, 2) }),
      ("HH", { padded(local.hour, 2) }), ("mm", { padded(local.minute, 2) }), ("ss", { padded(local.second, 2) }),
    ]
    scan: while let character = rest.first {
      for (name, value) in fields where rest.hasPrefix(name) {
        result += value()
        rest = rest.dropFirst(name.count)
        continue scan
      }
      result.append(character)
      rest = rest.dropFirst()
    }
    return result
  }

  /// `2026-07-01T09:00:00+03:00`: local time with its offset, for machine-readable columns.
  package static func iso8601(_ moment: Timestamp) -> String {
    format(moment, "yyyy-MM-ddTHH:mm:ss") + (offset(at: moment) == 10_800 ? "+03:00" : "+02:00")
  }
}
