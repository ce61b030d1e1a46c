/// Results in the form that CI servers read: one test case for each message and for each claim of a rule that is broken.
enum JUnitReport {
  struct Case {
    let name: String
    let group: String
    /// What is wrong; empty when nothing is.
    let failures: [String]
  }

  static func make(_ suite: String, _ cases: [Case]) -> String {
    let failed = cases.filter { !$0.failures.isEmpty }.count
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuite name=\"\(escaped(suite))\" tests=\"\(cases.count)\" failures=\"\(failed)\">",
    ]
    for item in cases {
      let head = "  <testcase classname=\"\(escaped(item.group))\" name=\"\(escaped(item.name))\""
      guard let first = item.failures.first else {
        lines.append(head + "/>")
        continue
      }
      lines.append(head + ">")
      lines.append("    <failure message=\"\(escaped(first))\">\(escaped(item.failures.joined(separator: "\n")))</failure>")
      lines.append("  </testcase>")
    }
    return (lines + ["</testsuite>"]).joined(separator: "\n") + "\n"
  }

  /// Characters that XML cannot hold become U+FFFD.
  static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "\n": result.append(contentsOf: "&#10;".unicodeScalars)
      case "\t": result.append(contentsOf: "&#9;".unicodeScalars)
      default:
        let isAllowed = scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
        result.append(isAllowed ? scalar : "\u{FFFD}")
      }
    }
    return String(result)
  }
}
