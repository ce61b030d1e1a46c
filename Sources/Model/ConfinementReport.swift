/// What the reader found when it tried to break out of its own confinement: one attempt per layer, really made (`intake-robot check`).
package struct ConfinementReport: Sendable, Equatable, Codable {
  package struct Layer: Sendable, Equatable, Codable {
    /// Stable: `files`, `writing`, `network`, `processes`, …
    package var name: String
    /// The attempt failed as it should.
    package var works: Bool
    /// What happened, in English.
    package var detail: String

    package init(name: String, works: Bool, detail: String) {
      self.name = name
      self.works = works
      self.detail = detail
    }
  }

  package var layers: [Layer]
  /// Layers that could not be put up at all, as `name:errno`; or why there is no report.
  package var missing: [String]

  package init(layers: [Layer], missing: [String]) {
    self.layers = layers
    self.missing = missing
  }

  /// Every layer is up and holds.
  package var isComplete: Bool { missing.isEmpty && !layers.isEmpty && layers.allSatisfy(\.works) }
}
