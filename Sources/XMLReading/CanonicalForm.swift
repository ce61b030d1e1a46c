import CLibXML2

/// A canonical form of XML (C14N 1.0, 1.1, exclusive), by libxml2.
struct CanonicalForm {
  /// What of a document is put into the form.
  struct Part {
    /// With everything below it; `nil` is the whole document.
    var target: xmlNodePtr?
    /// Left out with everything below them.
    var excluded: [xmlNodePtr] = []
    var excludesSignatures = false
  }

  private var mode: xmlC14NMode
  private var withComments: Bool
  /// Prefixes that an exclusive form treats as an inclusive one does.
  private var prefixes: [String] = []

  /// What counts where a signature names no form.
  static let inclusive = CanonicalForm(mode: XML_C14N_1_0, withComments: false)

  private init(mode: xmlC14NMode, withComments: Bool) {
    self.mode = mode
    self.withComments = withComments
  }

  /// The form that an element `CanonicalizationMethod` or `Transform` names. `nil` for another transform.
  init?(transform: xmlNodePtr) {
    guard var name = Nodes.attribute(transform, "Algorithm") else { return nil }
    withComments = name.hasSuffix("WithComments")
    if withComments { name.removeLast("WithComments".count) }
    while name.hasSuffix("#") { name.removeLast() }
    switch name {
    case "http://www.w3.org/TR/2001/REC-xml-c14n-20010315": mode = XML_C14N_1_0
    case "http://www.w3.org/2006/12/xml-c14n11": mode = XML_C14N_1_1
    case "http://www.w3.org/2001/10/xml-exc-c14n":
      mode = XML_C14N_EXCLUSIVE_1_0
      let list = Nodes.elements(in: transform).first { NodeText.string($0.pointee.name) == "InclusiveNamespaces" }
      prefixes = list.flatMap { Nodes.attribute($0, "PrefixList") }?.split { $0.isWhitespace }.map(String.init) ?? []
    default: return nil
    }
  }

  var withoutComments: CanonicalForm {
    var form = self
    form.withComments = false
    return form
  }

  /// `nil` when it cannot be made, or has more than `limit` bytes.
  func bytes(of part: Part, in root: xmlNodePtr, limit: Int) -> [UInt8]? {
    let collector = Collector(limit: limit)
    let view = View(part)
    // The C side keeps both pointers only until `xmlC14NExecute` and `xmlOutputBufferClose` have returned, within their lifetime here.
    return withExtendedLifetime((collector, view)) {
      guard let buffer = xmlOutputBufferCreateIO(Collector.write, { _ in 0 }, Unmanaged.passUnretained(collector).toOpaque(), nil) else { return nil }
      let result = withPrefixes { prefixes in
        xmlC14NExecute(
          root.pointee.doc, View.isVisible, Unmanaged.passUnretained(view).toOpaque(), Int32(mode.rawValue), prefixes, withComments ? 1 : 0, buffer)
      }
      let closed = xmlOutputBufferClose(buffer)
      return result >= 0 && closed >= 0 && !collector.isOver ? collector.bytes : nil
    }
  }

  /// The prefixes as C wants them: a list of strings that ends with a null.
  private func withPrefixes<Result>(_ body: (UnsafeMutablePointer<UnsafeMutablePointer<xmlChar>?>?) -> Result) -> Result {
    guard !prefixes.isEmpty else { return body(nil) }
    var strings = prefixes.map { xmlStrdup(Array($0.utf8) + [0]) }
    defer { for string in strings { clibxml2_free(string) } }
    strings.append(nil)
    return strings.withUnsafeMutableBufferPointer { body($0.baseAddress) }
  }
}

/// Takes what libxml2 writes, up to a limit.
private final class Collector {
  private let limit: Int
  private(set) var bytes: [UInt8] = []
  private(set) var isOver = false

  init(limit: Int) { self.limit = limit }

  static let write: xmlOutputWriteCallback = { context, data, count in
    guard let context, let data else { return -1 }
    let collector = Unmanaged<Collector>.fromOpaque(context).takeUnretainedValue()
    guard !collector.isOver, Int(count) <= collector.limit - collector.bytes.count else {
      collector.isOver = true
      return -1
    }
    data.withMemoryRebound(to: UInt8.self, capacity: Int(count)) { collector.bytes += UnsafeBufferPointer(start: $0, count: Int(count)) }
    return count
  }
}

/// Tells libxml2 which nodes are in the part.
private final class View {
  private let part: CanonicalForm.Part

  init(_ part: CanonicalForm.Part) { self.part = part }

  static let isVisible: xmlC14NIsVisibleCallback = { context, node, parent in
    guard let context, let node else { return 0 }
    // Attributes and namespaces are where their element is.
    let isNamespace = node.pointee.type == XML_NAMESPACE_DECL || node.pointee.type == XML_ATTRIBUTE_NODE
    return Unmanaged<View>.fromOpaque(context).takeUnretainedValue().holds(isNamespace ? parent : node) ? 1 : 0
  }

  private func holds(_ node: xmlNodePtr?) -> Bool {
    var isInside = part.target == nil
    var current = node
    while let place = current {
      if part.excluded.contains(place) { return false }
      if place.pointee.type == XML_ELEMENT_NODE, part.excludesSignatures, SignatureFinder.isSignature(place) { return false }
      if place == part.target { isInside = true }
      // Above the target only what is left out still matters, and that is never above it but for signatures.
      if isInside, part.target != nil, !part.excludesSignatures { return true }
      current = place.pointee.parent
    }
    return isInside
  }
}
