/// How much of a long or scanned document is read (`reader { … }` in robot.conf). Reaching one leaves a document read in part, with the reason.
package struct PageLimits: Sendable, Equatable {
  /// Pages whose text layer is read. Reason `page-limit`.
  package var pages: Int
  /// Pages and pictures whose text is recognised by OCR, in one attachment with everything inside it; 0 for none. Reason `ocr-page-limit`.
  package var recognisedPages: Int
  /// Time for that, in one attachment. Reason `ocr-time-limit`.
  package var recognitionTime: Duration

  package init(pages: Int = 300, recognisedPages: Int = 10, recognitionTime: Duration = .seconds(30)) {
    self.pages = pages
    self.recognisedPages = recognisedPages
    self.recognitionTime = recognitionTime
  }
}
