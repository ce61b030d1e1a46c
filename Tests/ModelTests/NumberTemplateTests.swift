import FoundationEssentials
import Model
import Testing

@Suite struct NumberTemplateTests {
  private let unit = Unit(identifier: "1210150561306", name: "ДСП Пример", index: "Д-В")
  /// 23:30 UTC on 31 December: 1:30 of the new year in Sofia.
  private let newYear = Timestamp(seconds: 1_767_223_800)

  @Test(arguments: [
    ("ЗСПД/{unit.index}/{seq}/{date:dd.MM.yyyy}", 7 as Int64, "ЗСПД/Д-В/7/01.01.2026"),
    ("ЗД/{unit.index}-{seq:000}/{date:dd.MM.yyyy}", 50, "ЗД/Д-В-050/01.01.2026"), ("{seq:000}", 1_234, "1234"),
    ("94-00-{seq}/{year}", 1, "94-00-1/2026"), ("{unit.identifier}/{seq}", 1, "1210150561306/1"), ("{seq}", .max, "9223372036854775807"),
    ("{date:yyyyMMdd}{seq:000000}", 42, "20260101000042"), ("№ {seq} г.", 5, "№ 5 г."), ("{seq:000000000000}", 1, "000000000001"),
  ]) func renders(source: String, sequence: Int64, number: String) throws {
    #expect(try NumberTemplate(source).render(sequence: sequence, unit: unit, registeredAt: newYear) == number)
  }

  /// What a template printed, it reads back.
  @Test(arguments: [
    "ЗСПД/{unit.index}/{seq}/{date:dd.MM.yyyy}", "ЗД/{unit.index}-{seq:000}/{date:dd.MM.yyyy}", "{seq:000}", "94-00-{seq}/{year}",
    "{unit.identifier}/{seq}", "{date:yyyyMMdd}{seq:000000}", "№ {seq} г.", "{seq}{date:ddMMyyyy}",
  ]) func readsBack(source: String) throws {
    let template = try NumberTemplate(source)
    for sequence in [1, 9, 10, 99, 100, 999, 1_000, 123_456] as [Int64] {
      let number = template.render(sequence: sequence, unit: unit, registeredAt: newYear)
      let printed = template.read(number, unit: unit)
      #expect(printed?.sequence == sequence, "\(number)")
      #expect(printed?.year == (template.usesYear ? 2026 : nil))
      for damaged in [number + "0x", "x" + number, String(number.dropLast()) + "x", ""] {
        #expect(template.read(damaged, unit: unit) == nil, "\(damaged)")
      }
      let other = Unit(identifier: "1210150561307", name: "Друго", index: "Д-ВН")
      if template.usesUnit { #expect(template.read(number, unit: other) == nil) }
    }
    #expect(try NumberTemplate("A-{seq:000}").read("A-7", unit: unit) == nil, "not as it is printed")
    #expect(try NumberTemplate("A-{seq}").read("A-007", unit: unit) == nil)
    #expect(try NumberTemplate("{year}/{seq}/{date:yyyy}").read("2025/1/2026", unit: unit) == nil)
  }

  @Test(arguments: [
    ("", 0), ("ЗСПД", 0), ("{seq}{seq}", 0), ("{seq}/{seq:00}", 0), ("ЗС}/{seq}", 2), ("ЗСПД/{seq", 5), ("{seq}/{unit}", 6), ("{seq}/{}", 6),
    ("{seq:}", 0), ("{seq:001}", 0), ("{seq:0000000000000}", 0), ("{seq}{date:}", 5), ("{SEQ}", 0), ("{ seq }", 0), ("{seq}{{seq}}", 5),
  ]) func mistakes(source: String, offset: Int) {
    #expect {
      try NumberTemplate(source)
    } throws: { error in
      (error as? NumberTemplate.Mistake)?.offset == offset
    }
  }

  @Test func whatItUses() throws {
    #expect(try NumberTemplate("{unit.index}/{seq}").usesUnit)
    #expect(try NumberTemplate("{unit.identifier}/{seq}").usesUnit)
    #expect(try !NumberTemplate("{seq}").usesUnit)
    #expect(try NumberTemplate("{seq}/{year}").usesYear)
    #expect(try NumberTemplate("{seq}/{date:dd.MM.yyyy}").usesYear)
    #expect(try !NumberTemplate("{seq}/{date:dd.MM}").usesYear)
  }

  @Test func fictitiousIndex() {
    #expect(Unit(identifier: "1", name: "", index: "Д-?1306").hasFictitiousIndex)
    #expect(!unit.hasFictitiousIndex)
  }

  @Test func coding() throws {
    let template = try NumberTemplate("ЗСПД/{unit.index}/{seq:000}")
    #expect(try JSONDecoder().decode([NumberTemplate].self, from: JSONEncoder().encode([template])) == [template])
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([NumberTemplate].self, from: Data("[\"{x}\"]".utf8)) }
  }
}
