import CLibXML2

/// Finds the signatures of a parsed document and takes each apart.
struct SignatureFinder {
  let root: xmlNodePtr
  let limits: XMLLimits

  private static let namespace = "http://www.w3.org/2000/09/xmldsig#"
  private static let propertiesType = "http://uri.etsi.org/01903#SignedProperties"
  private static let envelopedSignature = namespace + "enveloped-signature"
  private static let xpath = "http://www.w3.org/TR/1999/REC-xpath-19991116"
  /// References of one signature that are looked at.
  private static let maximumReferences = 200

  func find(maximum: Int) -> [XMLSignatureParts] {
    var found: [XMLSignatureParts] = []
    var stack = [root]
    while let node = stack.popLast(), found.count < maximum {
      if SignatureFinder.isSignature(node) { found.append(parts(of: node)) }
      stack += Nodes.elements(in: node).reversed()
    }
    return found
  }

  static func isSignature(_ node: xmlNodePtr) -> Bool { isOwn(node, "Signature") }

  private static func isOwn(_ node: xmlNodePtr, _ name: String) -> Bool {
    NodeText.string(node.pointee.name) == name && NodeText.namespace(node.pointee.ns) == namespace
  }

  private func parts(of signature: xmlNodePtr) -> XMLSignatureParts {
    var parts = XMLSignatureParts(references: [], signedInfo: nil, signatureMethod: "", signatureValue: "")
    if let value = child(signature, "SignatureValue") { parts.signatureValue = Nodes.text(value) }
    guard let info = child(signature, "SignedInfo") else { return parts }
    if let method = child(info, "SignatureMethod") { parts.signatureMethod = attribute(method, "Algorithm") ?? "" }
    if let method = child(info, "CanonicalizationMethod"), let form = CanonicalForm(transform: method) {
      parts.signedInfo = form.bytes(of: .init(target: info), in: root, limit: limits.bytes)
    }
    let references = Nodes.elements(in: info).filter { SignatureFinder.isOwn($0, "Reference") }
    parts.references = references.prefix(SignatureFinder.maximumReferences).map { reference($0, of: signature) }
    return parts
  }

  private func reference(_ node: xmlNodePtr, of signature: xmlNodePtr) -> XMLSignatureParts.Reference {
    let uri = attribute(node, "URI")
    let transforms = child(node, "Transforms").map { Nodes.elements(in: $0) } ?? []
    var reference = XMLSignatureParts.Reference(
      octets: .unknown, digestMethod: child(node, "DigestMethod").flatMap { attribute($0, "Algorithm") } ?? "",
      digestValue: child(node, "DigestValue").map(Nodes.text) ?? "", coversDocument: false,
      isOfProperties: attribute(node, "Type") == SignatureFinder.propertiesType)
    guard let uri else { return reference }
    guard uri.isEmpty || uri.hasPrefix("#") else {
      reference.octets = .elsewhere(uri: uri, isTransformed: !transforms.isEmpty)
      return reference
    }
    guard let target = target(uri) else { return reference }
    reference.coversDocument = target == root
    // The whole document is more than its root: comments aside, also the instructions beside it.
    var part = CanonicalForm.Part(target: uri.isEmpty || uri == "#xpointer(/)" ? nil : target)
    var form: CanonicalForm?
    for transform in transforms {
      // What follows a canonical form works on bytes.
      guard form == nil else { return reference }
      switch attribute(transform, "Algorithm") {
      case SignatureFinder.envelopedSignature: part.excluded.append(signature)
      case SignatureFinder.xpath where isAllButSignatures(transform): part.excludesSignatures = true
      default:
        guard let known = CanonicalForm(transform: transform) else { return reference }
        form = known
      }
    }
    // Comments are no part of what such a reference names (XML Signature 4.4.3.2), whatever the form.
    if let bytes = (form ?? .inclusive).withoutComments.bytes(of: part, in: root, limit: limits.bytes) { reference.octets = .canonical(bytes) }
    return reference
  }

  /// `not(ancestor-or-self::ds:Signature)`: the one expression that signatures in use have.
  private func isAllButSignatures(_ transform: xmlNodePtr) -> Bool {
    guard let expression = child(transform, "XPath") else { return false }
    let text = Nodes.text(expression).filter { !$0.isWhitespace }
    let (start, end) = ("not(ancestor-or-self::", ":Signature)")
    guard text.hasPrefix(start), text.hasSuffix(end), text.utf8.count > start.utf8.count + end.utf8.count else { return false }
    return text.dropFirst(start.count).dropLast(end.count).allSatisfy { $0.isLetter || $0.isNumber }
  }

  /// The element that a reference into this document names. `nil` unless there is exactly one: with two of the same identifier it would be the
  /// attacker who chooses.
  private func target(_ uri: String) -> xmlNodePtr? {
    if uri.isEmpty || uri == "#xpointer(/)" { return root }
    let identifier = String(uri.dropFirst())
    var found: xmlNodePtr?
    var stack = [root]
    while let node = stack.popLast() {
      if ["Id", "ID", "id"].contains(where: { attribute(node, $0) == identifier }) {
        guard found == nil else { return nil }
        found = node
      }
      stack += Nodes.elements(in: node)
    }
    return found
  }

  private func child(_ node: xmlNodePtr, _ name: String) -> xmlNodePtr? {
    Nodes.elements(in: node).first { SignatureFinder.isOwn($0, name) }
  }

  private func attribute(_ node: xmlNodePtr, _ name: String) -> String? { Nodes.attribute(node, name) }
}

/// The elements of libxml2's tree.
enum Nodes {
  static func elements(in node: xmlNodePtr) -> [xmlNodePtr] {
    var elements: [xmlNodePtr] = []
    var child = node.pointee.children
    while let current = child {
      if current.pointee.type == XML_ELEMENT_NODE { elements.append(current) }
      child = current.pointee.next
    }
    return elements
  }

  /// The character data that stands directly in an element.
  static func text(_ node: xmlNodePtr) -> String {
    var text = ""
    var child = node.pointee.children
    while let current = child {
      if current.pointee.type == XML_TEXT_NODE || current.pointee.type == XML_CDATA_SECTION_NODE { text += NodeText.string(current.pointee.content) }
      child = current.pointee.next
    }
    return text
  }

  /// Of an attribute without namespace.
  static func attribute(_ node: xmlNodePtr, _ name: String) -> String? {
    NodeText.attributes(node).first { $0.name == name && $0.namespace.isEmpty }?.value
  }
}
