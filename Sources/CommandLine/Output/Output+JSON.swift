package import Model
import Robot

extension Output {
  /// One JSON document, indented, keys sorted.
  package func json(_ value: JSONValue) {
    do {
      line(try JSONText.pretty(value))
    } catch {
      errorLine(error.description)
    }
  }
}
