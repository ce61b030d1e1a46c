package import Model

/// The last day of a term (domain.md 9): counted from the day after receipt; a term in days that ends on a day off ends on the next working
/// day; a term in months ends on the same date or on the month's last day.
package enum DueDate {
  package static func of(_ term: Term, receivedAt: Timestamp, calendar: WorkCalendar) -> CivilDate {
    let received = SofiaTime.date(of: receivedAt)
    switch term {
    case .days(let count): return calendar.workingDay(onOrAfter: received.adding(days: count))
    case .workingDays(let count): return calendar.adding(workingDays: count, to: received)
    case .months(let count): return calendar.workingDay(onOrAfter: received.adding(months: count))
    case .endOfNextMonth:
      // „до края на месеца, следващ месеца на подаване“ (ЗХУ чл. 22, ал. 4).
      let first = CivilDate(year: received.year, month: received.month, day: 1) ?? received
      return first.adding(months: 1).lastOfMonth
    case .hours(let count): return SofiaTime.date(of: receivedAt + .seconds(3600 * Int64(count)))
    }
  }
}
