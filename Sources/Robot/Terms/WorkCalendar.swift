package import Model

/// Working days in Bulgaria (domain.md 9; КТ чл. 154): weekends, fixed holidays with their moved days, Orthodox Easter, and what an
/// administration adds (days given or taken by the Council of Ministers).
package struct WorkCalendar: Sendable, Equatable {
  /// Extra days off, and Saturdays or Sundays worked.
  package var daysOff: Set<CivilDate>
  package var workedDays: Set<CivilDate>

  package init(daysOff: Set<CivilDate> = [], workedDays: Set<CivilDate> = []) {
    self.daysOff = daysOff
    self.workedDays = workedDays
  }

  package func isWorkingDay(_ date: CivilDate) -> Bool {
    if workedDays.contains(date) { return true }
    if date.weekday >= 6 || daysOff.contains(date) { return false }
    return !WorkCalendar.holidays(of: date.year).contains(date)
  }

  /// The day itself, or the next working one.
  package func workingDay(onOrAfter date: CivilDate) -> CivilDate {
    var date = date
    while !isWorkingDay(date) { date = date.adding(days: 1) }
    return date
  }

  /// The nth working day after a day.
  package func adding(workingDays count: Int, to date: CivilDate) -> CivilDate {
    var date = date
    for _ in 0..<max(0, count) { date = workingDay(onOrAfter: date.adding(days: 1)) }
    return date
  }

  /// All days off of a year that are no plain weekend: fixed holidays, the working days they move to, Good Friday to Easter Monday.
  package static func holidays(of year: Int) -> Set<CivilDate> {
    let easter = orthodoxEaster(of: year)
    var days = Set((-2...1).map { easter.adding(days: $0) })
    let fixed = [(1, 1), (3, 3), (5, 1), (5, 6), (5, 24), (9, 6), (9, 22), (12, 24), (12, 25), (12, 26)].compactMap {
      CivilDate(year: year, month: $0.0, day: $0.1)
    }
    days.formUnion(fixed)
    // One that falls on a weekend gives the next day or days that are neither weekend nor holiday.
    for day in fixed where day.weekday >= 6 {
      var moved = day.adding(days: 1)
      while moved.weekday >= 6 || days.contains(moved) { moved = moved.adding(days: 1) }
      days.insert(moved)
    }
    return days
  }

  /// Easter of the Julian calendar by the Gregorian one (Meeus), right for 1900 to 2099.
  package static func orthodoxEaster(of year: Int) -> CivilDate {
    let (a, b, c) = (year % 4, year % 7, year % 19)
    let d = (19 * c + 15) % 30
    let e = (2 * a + 4 * b - d + 34) % 7
    let sum = d + e + 114
    let julian = CivilDate(year: year, month: sum / 31, day: sum % 31 + 1)
    return (julian ?? CivilDate(daysSince1970: 0)).adding(days: 13)
  }
}
