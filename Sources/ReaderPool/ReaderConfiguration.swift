package import Model

/// How attachments are read.
package struct ReaderConfiguration: Sendable {
  package enum Confinement: String, Sendable {
    /// Every layer, or no reading.
    case full
    /// What cannot be had is left out, and every reading names it. For demonstration and tests.
    case reduced
  }

  /// Absolute path of `intake-reader`.
  package var executable: String
  package var confinement: Confinement
  /// For one attachment, tools and files inside it included.
  package var deadline: Duration
  /// Bytes of address space of the reader and of each tool.
  package var memory: Int64
  /// Larger attachments are registered without being read.
  package var maximumBytes: Int64
  /// How far files inside an attachment are opened.
  package var nesting: NestingLimits
  /// How much of long and of scanned documents is read.
  package var pages: PageLimits

  /// When the reader hands on what it has read until then; the rest of the deadline is for that.
  var readingTime: Duration { deadline * 3 / 4 }

  package init(
    executable: String, confinement: Confinement = .full, deadline: Duration = .seconds(60), memory: Int64 = 1 << 30,
    maximumBytes: Int64 = 64 << 20, nesting: NestingLimits = NestingLimits(),
    pages: PageLimits = PageLimits()
  ) {
    self.executable = executable
    self.confinement = confinement
    self.deadline = deadline
    self.memory = memory
    self.maximumBytes = maximumBytes
    self.nesting = nesting
    self.pages = pages
  }
}
