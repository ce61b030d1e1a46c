/// Kleene's three values; the unknown one remembers whether it comes from evidence that disagrees.
enum Truth: UInt8 {
  /// Not computed yet.
  case unset = 0
  case no = 1
  /// Unread, truncated or below the quality bar.
  case unknown = 2
  /// The evidence disagrees.
  case disputed = 3
  case yes = 4

  var negated: Truth {
    switch self {
    case .no: .yes
    case .yes: .no
    default: self
    }
  }

  static func all(_ left: Truth, _ right: Truth) -> Truth {
    if left == .no || right == .no { return .no }
    if left == .disputed || right == .disputed { return .disputed }
    return left == .unknown || right == .unknown ? .unknown : .yes
  }

  static func any(_ left: Truth, _ right: Truth) -> Truth {
    if left == .yes || right == .yes { return .yes }
    if left == .disputed || right == .disputed { return .disputed }
    return left == .unknown || right == .unknown ? .unknown : .no
  }
}
