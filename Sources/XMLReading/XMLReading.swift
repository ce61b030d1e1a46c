import CLibXML2

/// XML bytes to a tree of values, by libxml2 with everything switched off that a stranger could use: no document type, so no entities beyond
/// the five built-in ones; no network, no file, no repair of malformed input.
package enum XMLReading {
  /// Parses a whole document. `encoding` overrules what the document declares; `nil` leaves the choice to the document.
  package static func parse(_ bytes: [UInt8], encoding: String? = nil, limits: XMLLimits = XMLLimits()) throws(XMLFailure) -> XMLElement {
    guard bytes.count <= limits.bytes, bytes.count < Int(Int32.max) else {
      throw XMLFailure(reason: .tooLarge, line: 0, column: 0, code: 0)
    }
    guard let context = xmlNewParserCtxt() else { throw XMLFailure(reason: .outOfMemory, line: 0, column: 0, code: 0) }
    defer { xmlFreeParserCtxt(context) }
    let watch = ParserWatch(maximumNodes: limits.nodes)
    context.pointee._private = Unmanaged.passUnretained(watch).toOpaque()
    watch.attach(to: context)
    let options = Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOCDATA.rawValue)
    let document = withExtendedLifetime(watch) {
      bytes.withUnsafeBytes { buffer in
        buffer.withMemoryRebound(to: CChar.self) { xmlCtxtReadMemory(context, $0.baseAddress, Int32($0.count), nil, encoding, options) }
      }
    }
    defer { if let document { xmlFreeDoc(document) } }
    if let failure = watch.failure { throw failure }
    guard let document, let root = xmlDocGetRootElement(document) else {
      throw XMLFailure(reason: .malformed, line: 0, column: 0, code: 0)
    }
    let builder = TreeBuilder(limits: limits)
    return try builder.element(root, depth: 1)
  }
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

  func element(_ node: xmlNodePtr, depth: Int) throws(XMLFailure) -> XMLElement {
    let line = Int(xmlGetLineNo(node))
    guard depth <= limits.depth else { throw XMLFailure(reason: .tooDeep, line: line, column: 0, code: 0) }
    var result = XMLElement(name: TreeBuilder.string(node.pointee.name), namespace: TreeBuilder.namespace(node.pointee.ns), line: line)
    var attribute = node.pointee.properties
    while let current = attribute {
      let value = xmlNodeListGetString(node.pointee.doc, current.pointee.children, 1)
      result.attributes.append(
        XMLAttribute(
          name: TreeBuilder.string(current.pointee.name), namespace: TreeBuilder.namespace(current.pointee.ns),
          value: TreeBuilder.string(value)))
      clibxml2_free(value)
      attribute = current.pointee.next
    }
    var child = node.pointee.children
    while let current = child {
      switch current.pointee.type {
      case XML_ELEMENT_NODE: result.children.append(try element(current, depth: depth + 1))
      case XML_TEXT_NODE, XML_CDATA_SECTION_NODE: result.text += TreeBuilder.string(current.pointee.content)
      default: break
      }
      child = current.pointee.next
    }
    return result
  }

  private static func namespace(_ namespace: UnsafeMutablePointer<xmlNs>?) -> String { string(namespace?.pointee.href) }

  private static func string(_ bytes: UnsafePointer<xmlChar>?) -> String { bytes.map { String(cString: $0) } ?? "" }
}
