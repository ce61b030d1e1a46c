/// A failure of the simulator itself, or a mistake in what it was given; the text names the file or the option.
package struct SimulatorError: Error, Sendable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) { self.description = description }
}
