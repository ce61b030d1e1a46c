package import Model

/// The subject of a reply: the only field of ССЕВ that is free and listed, so it carries the number and the mark (contract sections 0.11, 7.4).
package enum ReplySubject {
  /// The column of ССЕВ is `nvarchar(255)`: a longer subject ends in a server error whose outcome is unknown.
  package static let limit = 255

  private static let head = "Потвърждение за получаване – вх. № "

  /// `Потвърждение за получаване – вх. № {number} [mark]`, at most 255 UTF-16 units; without the number when it would not fit whole.
  package static func render(number: String, mark: Mark) -> String {
    let whole = "\(head)\(number) \(mark)"
    return whole.utf16.count <= limit ? whole : "Потвърждение за получаване \(mark)"
  }
}

extension ReplySubject {
  /// The number that a subject of ours tells; `nil` where it did not fit.
  package static func number(in subject: String, mark: Mark) -> String? {
    guard subject.hasPrefix(head), subject.hasSuffix(" \(mark)") else { return nil }
    let number = String(subject.dropFirst(head.count).dropLast(mark.description.count + 1))
    return number.isEmpty ? nil : number
  }

  /// Whether a subject is one that a robot sends itself: ours begins so and ends in its mark. An answer that a person writes to a
  /// confirmation (`RE: …`) quotes a mark without being one.
  package static func isOfRobot(_ subject: String, mark: Mark) -> Bool {
    subject.hasPrefix("Потвърждение за получаване") && subject.hasSuffix(mark.description)
  }
}
