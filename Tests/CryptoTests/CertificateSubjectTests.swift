import Crypto
import Testing

struct CertificateSubjectTests {
  private func identifiers(_ attributes: (String, String)...) -> [String] {
    CertificateSubject(attributes.map { CertificateSubject.Attribute(type: $0.0, value: $0.1) }).identifiers
  }

  /// The ways of Bulgarian certificates, old and new (submissions.md 4.4).
  @Test func identifiersInAllTheirShapes() {
    #expect(identifiers(("2.5.4.5", "PNOBG-0001010003")) == ["0001010003"])
    #expect(identifiers(("2.5.4.5", "PNOBG-0001010003"), ("2.5.4.97", "NTRBG-999990003")) == ["0001010003", "999990003"])
    #expect(identifiers(("2.5.4.8", "EGN:0001010003, София"), ("2.5.4.11", "BULSTAT:999990003")) == ["0001010003", "999990003"])
    #expect(identifiers(("2.5.4.5", "PI:BG-9999999999")) == ["9999999999"])
    #expect(identifiers(("1.3.6.1.4.1.22144.1", "0001010003")) == ["0001010003"])
    #expect(identifiers(("2.5.4.97", "VATBG-9999900030006")) == ["9999900030006"])
    // A wrong check digit is stated all the same: whether it is valid is said elsewhere.
    #expect(identifiers(("2.5.4.5", "PNOBG-0001010004")) == ["0001010004"])
  }

  @Test func otherNumbersAreNoIdentifiers() {
    #expect(identifiers(("2.5.4.5", "0001010003")) == [])
    #expect(identifiers(("2.5.4.5", "PASBG-123456789")) == [])
    #expect(identifiers(("1.3.6.1.4.1.22144.1", "0001010004")) == [])
    #expect(identifiers(("2.5.4.11", "TELEGN:0001010003")) == [])
    #expect(identifiers(("2.5.4.5", "PNOBG-00010100035")) == [])
  }

  @Test func rubbishIsNoCertificate() {
    #expect(CertificateSubject(certificate: []) == nil)
    #expect(CertificateSubject(certificate: Array("-----BEGIN".utf8)) == nil)
    #expect(CertificateSubject(certificate: [0x30, 0x80] + [UInt8](repeating: 0x30, count: 10_000)) == nil)
  }
}
