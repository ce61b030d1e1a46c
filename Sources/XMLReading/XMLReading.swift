import CLibXML2

/// XML bytes to a tree of values, by libxml2 with everything switched off that a stranger could use: no document type, so no entities beyond
/// the five built-in ones; no network, no file, no repair of malformed input.
package enum XMLReading {
  /// Parses a whole document. `encoding` overrules what the document declares; `nil` leaves the choice to the document.
  package static func parse(_ bytes: [UInt8], encoding: String? = nil, limits: XMLLimits = XMLLimits()) throws(XMLFailure) -> XMLElement {
    let document = try ParsedDocument(bytes, encoding: encoding, limits: limits)
    return try TreeBuilder(limits: limits).element(document.root, depth: 1)
  }

  /// Parses a whole document and hands it out in its own order, text between elements included: for running text, where the tree of values
  /// would lose what stands before and after an element. `visit` returns false to go past an element's content; its answer to other events
  /// does not matter.
  package static func scan(
    _ bytes: [UInt8], encoding: String? = nil, limits: XMLLimits = XMLLimits(), visit: (XMLEvent) -> Bool
  ) throws(XMLFailure) {
    let document = try ParsedDocument(bytes, encoding: encoding, limits: limits)
    try TreeWalker(limits: limits).walk(document.root, depth: 1, visit)
  }

  /// The signatures of a document (`ds:Signature`), in its own order, also those inside another's properties: each with what it signs in
  /// canonical form, ready to be compared. At most `maximum`.
  package static func signatures(
    _ bytes: [UInt8], encoding: String? = nil, limits: XMLLimits = XMLLimits(), maximum: Int
  ) throws(XMLFailure) -> [XMLSignatureParts] {
    let document = try ParsedDocument(bytes, encoding: encoding, limits: limits)
    return SignatureFinder(root: document.root, limits: limits).find(maximum: maximum)
  }
}

/// libxml2's tree of a document, freed with this value's end.
private struct ParsedDocument: ~Copyable {
  private let document: xmlDocPtr
  let root: xmlNodePtr

  init(_ bytes: [UInt8], encoding: String?, limits: XMLLimits) throws(XMLFailure) {
    guard bytes.count <= limits.bytes, bytes.count < Int(Int32.max) else {
      throw XMLFailure(reason: .tooLarge, line: 0, column: 0, code: 0)
    }
    guard let context = xmlNewParserCtxt() else { throw XMLFailure(reason: .outOfMemory, line: 0, column: 0, code: 0) }
    defer { xmlFreeParserCtxt(context) }
    let watch = ParserWatch(maximumNodes: limits.nodes)
    context.pointee._private = Unmanaged.passUnretained(watch).toOpaque()
    watch.attach(to: context)
    let options = Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOCDATA.rawValue | XML_PARSE_COMPACT.rawValue)
    let document = withExtendedLifetime(watch) {
      bytes.withUnsafeBytes { buffer in
        buffer.withMemoryRebound(to: CChar.self) { xmlCtxtReadMemory(context, $0.baseAddress, Int32($0.count), nil, encoding, options) }
      }
    }
    guard watch.failure == nil, let document, let root = xmlDocGetRootElement(document) else {
      if let document { xmlFreeDoc(document) }
      throw watch.failure ?? XMLFailure(reason: .malformed, line: 0, column: 0, code: 0)
    }
    self.document = document
    self.root = root
  }

  deinit { xmlFreeDoc(document) }
}

/// What happens during a parse, seen by the parser's callbacks. They run inside the call of `xmlCtxtReadMemory`, on its thread.
private final class ParserWatch {
  var failure: XMLFailure?
  private let maximumNodes: Int
  private var nodes = 0

  init(maximumNodes: Int) { self.maximumNodes = maximumNodes }

  func attach(to context: xmlParserCtxtPtr) {
    guard let handlers = context.pointee.sax else { return }
    handlers.pointee.serror = { user, error in
      guard let user, let error = error?.pointee, error.level != XML_ERR_WARNING else { return }
      // A prefix nobody declared spoils one name, not the document.
      if error.domain == Int32(XML_FROM_NAMESPACE.rawValue) { return }
      ParserWatch.of(user)?.fail(
        ParserWatch.reason(of: error), line: Int(error.line), column: Int(error.int2), code: Int(error.code))
    }
    // Counted before the tree grows: a small file can make a large one.
    handlers.pointee.startElementNs = { user, name, prefix, uri, namespaceCount, namespaces, attributeCount, defaultedCount, attributes in
      guard let user else { return }
      if let watch = ParserWatch.of(user), !watch.admits(1 + Int(attributeCount)) {
        watch.fail(.tooLarge, line: Int(xmlSAX2GetLineNumber(user)), column: Int(xmlSAX2GetColumnNumber(user)), code: 0)
        xmlStopParser(user.assumingMemoryBound(to: xmlParserCtxt.self))
        return
      }
      xmlSAX2StartElementNs(user, name, prefix, uri, namespaceCount, namespaces, attributeCount, defaultedCount, attributes)
    }
    handlers.pointee.internalSubset = { user, _, _, _ in
      guard let user else { return }
      let context = user.assumingMemoryBound(to: xmlParserCtxt.self)
      ParserWatch.of(user)?.fail(.documentType, line: Int(xmlSAX2GetLineNumber(user)), column: Int(xmlSAX2GetColumnNumber(user)), code: 0)
      xmlStopParser(context)
    }
  }

  private static func of(_ user: UnsafeMutableRawPointer) -> ParserWatch? {
    user.assumingMemoryBound(to: xmlParserCtxt.self).pointee._private.map { Unmanaged<ParserWatch>.fromOpaque($0).takeUnretainedValue() }
  }

  private func admits(_ count: Int) -> Bool {
    nodes += count
    return nodes <= maximumNodes
  }

  private static func reason(of error: xmlError) -> XMLFailure.Reason {
    error.code == Int32(XML_ERR_NO_MEMORY.rawValue) ? .outOfMemory : .malformed
  }

  /// The first failure is the cause; what follows is its consequence.
  private func fail(_ reason: XMLFailure.Reason, line: Int, column: Int, code: Int) {
    if failure == nil { failure = XMLFailure(reason: reason, line: line, column: column, code: code) }
  }
}

/// Copies libxml2's tree. Depth is bounded before it recurses.
private struct TreeBuilder {
  let limits: XMLLimits
  private let namespaces = NamespaceNames()

  init(limits: XMLLimits) { self.limits = limits }

  func element(_ node: xmlNodePtr, depth: Int) throws(XMLFailure) -> XMLElement {
    let line = Int(xmlGetLineNo(node))
    guard depth <= limits.depth else { throw XMLFailure(reason: .tooDeep, line: line, column: 0, code: 0) }
    var result = XMLElement(
      name: NodeText.string(node.pointee.name), namespace: namespaces.name(of: node.pointee.ns), attributes: NodeText.attributes(node), line: line)
    var child = node.pointee.children
    while let current = child {
      switch current.pointee.type {
      case XML_ELEMENT_NODE: result.children.append(try element(current, depth: depth + 1))
      case XML_TEXT_NODE, XML_CDATA_SECTION_NODE: result.text += NodeText.string(current.pointee.content)
      default: break
      }
      child = current.pointee.next
    }
    return result
  }
}

/// One string for all elements of a namespace: in most documents there is one, and its name is longer than all else that an element says.
private final class NamespaceNames {
  private var last: UnsafeMutablePointer<xmlNs>?
  private var name = ""

  func name(of namespace: UnsafeMutablePointer<xmlNs>?) -> String {
    if namespace != last {
      last = namespace
      name = NodeText.namespace(namespace)
    }
    return name
  }
}

/// The same tree, told rather than copied. Depth is bounded before it recurses.
private struct TreeWalker {
  let limits: XMLLimits

  func walk(_ node: xmlNodePtr, depth: Int, _ visit: (XMLEvent) -> Bool) throws(XMLFailure) {
    guard depth <= limits.depth else { throw XMLFailure(reason: .tooDeep, line: Int(xmlGetLineNo(node)), column: 0, code: 0) }
    let name = NodeText.string(node.pointee.name)
    guard visit(.start(name: name, attributes: NodeText.attributes(node))) else { return }
    var child = node.pointee.children
    while let current = child {
      switch current.pointee.type {
      case XML_ELEMENT_NODE: try walk(current, depth: depth + 1, visit)
      case XML_TEXT_NODE, XML_CDATA_SECTION_NODE: _ = visit(.text(NodeText.string(current.pointee.content)))
      default: break
      }
      child = current.pointee.next
    }
    _ = visit(.end(name: name))
  }
}

/// Strings out of libxml2's nodes.
enum NodeText {
  static func attributes(_ node: xmlNodePtr) -> [XMLAttribute] {
    var attributes: [XMLAttribute] = []
    var attribute = node.pointee.properties
    while let current = attribute {
      let value = xmlNodeListGetString(node.pointee.doc, current.pointee.children, 1)
      attributes.append(
        XMLAttribute(name: string(current.pointee.name), namespace: namespace(current.pointee.ns), value: string(value)))
      clibxml2_free(value)
      attribute = current.pointee.next
    }
    return attributes
  }

  static func namespace(_ namespace: UnsafeMutablePointer<xmlNs>?) -> String { string(namespace?.pointee.href) }

  static func string(_ bytes: UnsafePointer<xmlChar>?) -> String { bytes.map { String(cString: $0) } ?? "" }
}
