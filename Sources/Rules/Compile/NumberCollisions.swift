import Model

/// Refuses counters that could print the same number. Filled by the comparison of templates as sets of texts.
struct NumberCollisions {
  private let context: CompileContext

  init(_ context: CompileContext) { self.context = context }

  func check() {}
}
