import Testing
import XMLReading

struct XMLReadingTests {
  private func parse(_ text: String, limits: XMLLimits = XMLLimits()) throws(XMLFailure) -> XMLElement {
    try XMLReading.parse(Array(text.utf8), limits: limits)
  }

  @Test func treeOfValues() throws {
    let root = try parse("<a xmlns='urn:x' xmlns:p='urn:p' k='1' p:k='2'>едно<b/>две<![CDATA[<три>]]><p:c>&lt;&#1078;</p:c><!-- не --></a>")
    #expect(root.name == "a")
    #expect(root.namespace == "urn:x")
    #expect(root.attributes.map(\.name) == ["k", "k"])
    #expect(root.attributes.map(\.namespace) == ["", "urn:p"])
    #expect(root.attributes.map(\.value) == ["1", "2"])
    #expect(root.text == "едноедве<три>".replacing("едве", with: "две"))
    #expect(root.children.map(\.name) == ["b", "c"])
    #expect(root.children[1].namespace == "urn:p")
    #expect(root.children[1].text == "<ж")
  }

  @Test(arguments: [
    "<!DOCTYPE a><a/>", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
    "<!DOCTYPE a [<!ENTITY x 'ха'><!ENTITY y '&x;&x;&x;&x;'>]><a>&y;</a>", "<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/x'>%p;]><a/>",
  ])
  func documentTypesAreRefused(text: String) {
    #expect(throws: XMLFailure.self) { try parse(text) }
    do throws(XMLFailure) { _ = try parse(text) } catch { #expect(error.reason == .documentType) }
  }

  @Test func errorsHaveTheirPlace() throws {
    do throws(XMLFailure) {
      _ = try parse("<a>\n<b>\n  </c>\n</a>")
      Issue.record("accepted")
    } catch {
      #expect(error.reason == .malformed)
      #expect(error.line == 3)
      #expect(error.column > 0)
    }
    for text in ["", "текст", "<a>", "<a/><b/>", "<a>&unknown;</a>", "<a>\u{1}</a>", "<a b=1/>"] {
      #expect(throws: XMLFailure.self, "\(text)") { try parse(text) }
    }
  }

  @Test func anUndeclaredPrefixSpoilsOnlyItsName() throws { #expect(try parse("<a><x:b>1</x:b></a>").children.first?.text == "1") }

  @Test func costIsBounded() {
    func reason(_ text: String, _ limits: XMLLimits) -> XMLFailure.Reason? {
      do throws(XMLFailure) {
        _ = try parse(text, limits: limits)
        return nil
      } catch {
        return error.reason
      }
    }
    let deep = String(repeating: "<a>", count: 20) + String(repeating: "</a>", count: 20)
    #expect(reason(deep, XMLLimits(depth: 19)) == .tooDeep)
    #expect(reason(deep, XMLLimits(depth: 20)) == nil)
    #expect(reason("<a>" + String(repeating: "<b/>", count: 10) + "</a>", XMLLimits(nodes: 10)) == .tooLarge)
    #expect(reason("<a>" + String(repeating: "<b/>", count: 10) + "</a>", XMLLimits(nodes: 11)) == nil)
    #expect(reason("<a/>", XMLLimits(bytes: 3)) == .tooLarge)
    let endless = String(repeating: "<a>", count: 100_000)
    #expect(reason(endless, XMLLimits()) != nil)
  }

  @Test func encodingCanBeOverruled() throws {
    let bytes = Array("<?xml version='1.0' encoding='windows-1251'?><a>Жалба</a>".utf8)
    #expect(try XMLReading.parse(bytes, encoding: "UTF-8").text == "Жалба")
    let oneByte: [UInt8] = Array("<?xml version='1.0' encoding='windows-1251'?><a>".utf8) + [0xC6] + Array("</a>".utf8)
    #expect(try XMLReading.parse(oneByte).text == "Ж")
  }
}
