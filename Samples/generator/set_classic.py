"""Kind C: classic XML e-documents, both namespace spellings, parts in any order, two encodings."""

import base64

from .classic import Classic
from .identity import BURGAS, VARNA, VIDIN, person
from .message import File, Message, registered, to_review

ASSESSMENT = "Изготвяне на индивидуална оценка на потребностите на хора с увреждания"
UNTIL_ONE = "Отпускане на месечни помощи за отглеждане на дете до навършване на една година"
ADOPTION = "Отпускане на еднократна помощ при осиновяване на дете"
RAIL = "Издаване на удостоверения за безплатно пътуване с железопътния транспорт два пъти в годината"
UNTIL_TWENTY = "Отпускане на месечна помощ за отглеждане на дете до завършване на средно образование, но не повече от 20-годишна възраст"


def messages():
    out = []

    def message(name, unit, sent, who, subject, document, expect, *, encoding="utf-8", declaration=True, file="Заявление.xml", prefix=b"", body=""):
        data = prefix + document.bytes(encoding, declaration)
        out.append(Message("classic/" + name, unit, sent, who, subject, body, [File("zayavlenie.xml", file, data)], expect))

    who = person("Ленко Бисеров Пилотов")
    message("individualna-otsenka", VARNA, "2026-07-14T10:02:00.000", who, "Заявление", Classic(
        "R-9991", "ApplicationForIndividualAssessment", "779", ASSESSMENT, who, data=[("SettlementCode", "10135"), ("PresentAddress", "гр. Варна, ул. Примерна 9")]), registered("ЗХУ", "zhu-ion"))
    who = person("Неда Ангелинова Скицова")
    message("podpis-otpred", BURGAS, "2026-07-15T11:12:13.000", who, "Електронно заявление", Classic(
        "R-9992", "ApplicationForMonthlyAllowance", "739", UNTIL_ONE, who, footer_first=True, slashes=2, declaration="Декларирам, че доходът на семейството е под границата.",
        data=[("ChildName", "Симеон")]), registered("ЗСПД", "zspd-8"), file="application (3).xml")
    who = person("Радка Орлинова Мострова", "0012317774")
    message("windows-1251", VIDIN, "2026-07-16T12:13:14.000", who, "zaiavlenie", Classic(
        "R-9993", "ApplicationForAdoptionBenefit", "2753", ADOPTION, who, data=[("AdoptionDate", "2026-06-01")]), registered("ЗСПД", "zspd-6b"), encoding="windows-1251", file="ZAYAVL~1.XML")
    who = person("Цоню Стайков Нереалов")
    message("windows-1251-bez-deklaratsia", VARNA, "2026-07-17T13:14:15.000", who, "Заявление за пътуване", Classic(
        "R-9994", "ApplicationForRailCertificate", "1172", RAIL, who), registered("ЗСП", "zsp-20"), encoding="windows-1251", declaration=False)
    who = person("Пламена Жорова Тестова")
    message("vtoro-zayavlenie-po-prepiska", BURGAS, "2026-07-20T14:15:16.000", who, "Допълнение", Classic(
        "R-9991", "ApplicationForIndividualAssessment", "779", ASSESSMENT, who, type="0006-000123", case=("94", "10504", "2026-07-10")), registered("ЗХУ", "dopalnenie"))
    who = person("Владислава Крумова Пробева")
    message("bez-izvesten-nomer", VIDIN, "2026-07-21T15:16:17.000", who, "Заявление", Classic(
        "R-9995", "ApplicationForMonthlyAllowanceTwenty", "9107", UNTIL_TWENTY, who, footer_first=True, attachment=("бележка.txt", base64.b64encode("Служебна бележка от училището".encode()).decode())),
        registered("ЗСПД", "zspd-7"), prefix=b"\xef\xbb\xbf")
    who = person("Емануил Илчов Фиктивов")
    message("chuzha-administratsia", VARNA, "2026-07-22T16:17:18.000", who, "Заявление", Classic(
        "R-9996", "ApplicationForVehicleNote", "1068", "Издаване на бележка за превозно средство", who, unit="Министерство на образците", eik="987650154"), to_review())
    return out
