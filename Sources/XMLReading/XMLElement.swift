/// An element of an XML document with everything below it, copied out of the parser.
package struct XMLElement: Sendable, Equatable {
  /// Local name, without prefix.
  package var name: String
  /// Empty for none.
  package var namespace: String
  package var attributes: [XMLAttribute]
  package var children: [XMLElement]
  /// The character data that stands directly in this element, joined.
  package var text: String
  /// 1-based.
  package var line: Int

  package init(
    name: String, namespace: String = "", attributes: [XMLAttribute] = [], children: [XMLElement] = [], text: String = "", line: Int = 0
  ) {
    self.name = name
    self.namespace = namespace
    self.attributes = attributes
    self.children = children
    self.text = text
    self.line = line
  }
}

package struct XMLAttribute: Sendable, Equatable {
  package var name: String
  package var namespace: String
  package var value: String
}

/// One step through a document in its own order.
package enum XMLEvent: Sendable {
  /// Local name.
  case start(name: String, attributes: [XMLAttribute])
  case text(String)
  case end(name: String)
}

extension [XMLAttribute] {
  /// The first with this local name.
  package subscript(name: String) -> String? { first { $0.name == name }?.value }
}

/// Why a document was refused.
package struct XMLFailure: Error, Sendable, Equatable {
  package enum Reason: String, Sendable {
    /// It has a document type declaration: the only way to entities, and no form needs one.
    case documentType = "xml-doctype"
    case tooLarge = "xml-too-large"
    case tooDeep = "xml-too-deep"
    case malformed = "xml-malformed"
    case outOfMemory = "xml-memory"
  }

  package var reason: Reason
  /// 1-based; 0 when there is none to name.
  package var line: Int
  package var column: Int
  /// The parser's number of the first error (`xmlParserErrors`); its text may quote the document and is not kept.
  package var code: Int
}

/// Caps on what a document may cost.
package struct XMLLimits: Sendable {
  package var bytes: Int
  /// Elements inside each other.
  package var depth: Int
  /// Elements and attributes together.
  package var nodes: Int

  package init(bytes: Int = 64 << 20, depth: Int = 128, nodes: Int = 200_000) {
    self.bytes = bytes
    self.depth = depth
    self.nodes = nodes
  }
}
