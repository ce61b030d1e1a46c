/// A wall-clock reading taken apart into calendar fields.
struct CivilTime {
  var year = 1970
  var month = 1
  var day = 1
  var hour = 0
  var minute = 0
  var second = 0
  /// 100 ns ticks within the second.
  var fraction = 0
  /// Days since 1970-01-01.
  var dayNumber: Int64 = 0

  init(wall: Int64) {
    let perDay = 86_400 * Instant.perSecond
    dayNumber = wall.floored(perDay)
    let rest = wall - dayNumber * perDay
    fraction = Int(rest % Instant.perSecond)
    let seconds = Int(rest / Instant.perSecond)
    (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
    // Howard Hinnant's civil_from_days.
    let shifted = dayNumber + 719_468
    let era = shifted.floored(146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
    year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
  }

  static func dayNumber(year: Int, month: Int, day: Int) -> Int64 {
    let shiftedYear = Int64(month <= 2 ? year - 1 : year)
    let era = shiftedYear.floored(400)
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  var date: String { "\(year.padded(4))-\(month.padded(2))-\(day.padded(2))" }

  var clock: String { "\(hour.padded(2)):\(minute.padded(2)):\(second.padded(2))" }

  /// As .NET's invariant culture prints a date-time: the form in which ССЕВ hands back a stored ISO text (contract 5.2).
  var invariant: String { "\(month.padded(2))/\(day.padded(2))/\(year.padded(4)) \(clock)" }

  /// A date, or a date and time with `T` or a space between, 0–7 fraction digits, and no offset, `Z` or `±hh:mm`. Also the invariant
  /// form `MM/dd/yyyy[ HH:mm:ss]`. The wall ticks, and the offset in minutes where one was written.
  static func parse(_ text: String) -> (wall: Int64, offset: Int?)? {
    var scan = Scanner(Array(text.utf8))
    let fields: (year: Int, month: Int, day: Int)
    if text.utf8.dropFirst(2).first == UInt8(ascii: "/") {
      guard let month = scan.digits(2), scan.take("/"), let day = scan.digits(2), scan.take("/"), let year = scan.digits(4) else {
        return nil
      }
      fields = (year, month, day)
    } else {
      guard let year = scan.digits(4), scan.take("-"), let month = scan.digits(2), scan.take("-"), let day = scan.digits(2) else {
        return nil
      }
      fields = (year, month, day)
    }
    guard (1...12).contains(fields.month), (1...31).contains(fields.day), fields.year > 0 else { return nil }
    let number = dayNumber(year: fields.year, month: fields.month, day: fields.day)
    let perSecond = Instant.perSecond
    guard CivilTime(wall: number * 86_400 * perSecond).day == fields.day else { return nil }
    var wall = number * 86_400 * perSecond
    if scan.atEnd { return (wall, nil) }
    guard scan.take("T") || scan.take(" "), let hour = scan.digits(2), hour < 24, scan.take(":"), let minute = scan.digits(2), minute < 60
    else {
      return nil
    }
    wall += Int64(hour * 3600 + minute * 60) * perSecond
    if scan.take(":") {
      guard let second = scan.digits(2), second < 60 else { return nil }
      wall += Int64(second) * perSecond
      if scan.take(".") {
        guard let fraction = scan.fraction() else { return nil }
        wall += fraction
      }
    }
    if scan.atEnd { return (wall, nil) }
    if scan.take("Z") { return scan.atEnd ? (wall, 0) : nil }
    let negative = scan.take("-")
    guard negative || scan.take("+"), let hours = scan.digits(2), hours < 15 else { return nil }
    _ = scan.take(":")
    guard let minutes = scan.digits(2), minutes < 60, scan.atEnd else { return nil }
    return (wall, (negative ? -1 : 1) * (hours * 60 + minutes))
  }

  private struct Scanner {
    let bytes: [UInt8]
    var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var atEnd: Bool { position == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
      position += 1
      return true
    }

    mutating func digits(_ count: Int) -> Int? {
      guard position + count <= bytes.count, bytes[position..<position + count].allSatisfy({ (48...57).contains($0) }) else { return nil }
      defer { position += count }
      return bytes[position..<position + count].reduce(0) { $0 * 10 + Int($1) - 48 }
    }

    mutating func fraction() -> Int64? {
      var ticks: Int64 = 0
      var unit: Int64 = Instant.perSecond / 10
      let start = position
      while position < bytes.count, (48...57).contains(bytes[position]), position - start < 7 {
        ticks += Int64(bytes[position] - 48) * unit
        unit /= 10
        position += 1
      }
      return position > start ? ticks : nil
    }
  }
}
