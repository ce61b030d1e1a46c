import Glibc

/// The programs of Debian that the reader uses, and what is lost without each. None is needed to register: what cannot be read is registered
/// and goes to a person.
enum ToolCheck {
  private static let tools: [(program: String, package: String, loss: String)] = [
    ("qpdf", "qpdf", "applications of the national e-forms platform, and every other PDF file"),
    ("pdftotext", "poppler-utils", "the text of PDF files"),
    ("bsdtar", "libarchive-tools", "docx, odt, xlsx and ods documents, and archives"),
    ("antiword", "antiword", "documents of old Word (.doc)"),
    ("catdoc", "catdoc", "documents of Word 6 and 95 (.doc)"),
    ("xls2csv", "catdoc", "sheets of old Excel (.xls)"),
    ("pdftoppm", "poppler-utils", "the text of scanned PDF files"),
    ("pdfimages", "poppler-utils", "which pages of a PDF file are pictures, and so the text of some scanned pages"),
    ("tesseract", "tesseract-ocr tesseract-ocr-bul", "the text of scanned pages and pictures"),
  ]

  static func findings() -> [Finding] {
    tools.map { tool in
      let isThere = access("/usr/bin/\(tool.program)", X_OK) == 0
      return isThere
        ? Finding(.ok, "tool", tool.program)
        : Finding(.warning, "tool", "\(tool.program) is not installed: \(tool.loss) will not be read", remedy: "apt-get install \(tool.package)")
    }
  }
}
