import Testing

/// The scanner itself: what is planted is found, in every disguise; what may stand in a log is not.
@Suite struct LeakScannerTests {
  private static let data: PersonalData = {
    var data = PersonalData()
    data.identifiers = ["0001010003"]
    data.names = ["Невена Славчева Щърбева"]
    data.nameWords = ["Невена", "Славчева", "Щърбева"]
    data.texts = ["Молба за помощ за отопление.pdf"]
    return data
  }()

  @Test(arguments: [
    "egn=0001010003", "x 0 0 0 1 0 1 0 0 0 3 y", "000101-0003", "message=70010001010003", "sender Невена", "НЕВЕНА СЛАВЧЕВА", "nevena wrote",
    "Щ ъ р б е в а", "sht a r b e v a", "SHTARBEVA", "NevenaSlavchevaShtarbeva", "/tmp/Nevena_Slavcheva_Shtarbeva.xml",
    "url=%D0%9D%D0%B5%D0%B2%D0%B5%D0%BD%D0%B0", #"{"n":"\u041d\u0435\u0432\u0435\u043d\u0430"}"#, "file Молба_за_помощ_за_отопление.pdf",
    "molba-za-pomosht-za-otoplenie.pdf",
  ])
  func findsWhatIsPlanted(_ line: String) {
    let log = "2026-07-03T07:15:02.337000Z info message.opened mailbox=1210150561306\n\(line)\n2026-07-03T07:15:03Z info message.stored\n"
    #expect(!LeakScanner(Self.data).leaks(in: log).isEmpty)
  }

  @Test(arguments: [
    "2026-07-03T07:15:02.337000Z info message.registered mailbox=1210150561306 message=production/1210150561306/700101 number=ЗСПД/Д-В/10504/10.07.2023",
    "sha256=00b1010003aa attempt=3 code=mailbox.gateway", "pauses even a slave of no name", "",
  ])
  func leavesTheRestAlone(_ line: String) {
    #expect(LeakScanner(Self.data).leaks(in: line) == [])
  }

  /// The samples really are full of what the scan looks for: a scan that knows no names would pass.
  @Test func collectsFromTheSamples() async throws {
    try await withTemporaryFolder { folder in
      let data = try await PersonalData.inSamples(scratch: folder)
      #expect(data.identifiers.count > 20)
      #expect(data.names.count > 20)
      #expect(data.texts.count > 60)
      let scanner = LeakScanner(data)
      let name = try #require(data.names.filter { $0.allSatisfy { $0.isLetter || $0 == " " } }.sorted().first)
      let identifier = try #require(data.identifiers.sorted().first)
      #expect(scanner.leaks(in: "info x=\(name.uppercased())").map(\.original).contains(name))
      #expect(scanner.leaks(in: "info x=\(identifier)").map(\.original) == [identifier])
    }
  }
}
