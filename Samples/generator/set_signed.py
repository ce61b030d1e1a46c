"""Signed files and archives, as people and programs make them."""

from . import archives, pdf, signed
from .files import archive, docx
from .identity import BURGAS, CENTRAL, VARNA, VIDIN, person
from .message import File, Message, registered, to_review

HEATING = """До Директора на Дирекция „Социално подпомагане“

ЗАЯВЛЕНИЕ
за отпускане на целева помощ за отопление

Моля да ми бъде отпусната целева помощ за отопление за отоплителен сезон 2026/2027 г. Живея сам, отоплявам се с твърдо гориво."""


def messages():
    out = []

    def message(name, unit, sent, who, subject, body, expect, files):
        out.append(Message("signed/" + name, unit, sent, who, subject, body, files, expect))

    letter = pdf.letter(HEATING)
    note = "Уважаеми госпожо Директор, прилагам молба за среща по моята преписка, подписана електронно от мен.".encode()
    one = signed.Signer(signed.person("Тест Тестов Пробев", "0001010003"), 1001)
    two = signed.Signer(signed.person("Образцова Пробна Тестова", "0012317774", "Измислено дружество ЕООД", "999990003"), 1002, "260704091500Z")
    old = signed.Signer(signed.old_person("Тест Старов Пробев", "2022290015", "987650154"), 1003)

    message("zayavlenie-p7m", VARNA, "2027-02-01T09:01:00.000", person("Велин Огнянов Скицов"), "Заявление", "",
            registered("ЗСП", "zsp-heat"), [File("zayavlenie.p7m", "Заявление отопление.pdf.p7m", signed.cms(letter, one))])
    message("vidove-p7m", BURGAS, "2027-02-02T09:02:00.000", person("Зорница Ялова Нереалова"), "подписани", "", to_review(), [
        File("pem.p7m", "молба pem.txt.p7m", signed.pem(signed.cms(note, one))),
        File("base64.p7m", "молба base64.txt.p7m", signed.lines(signed.cms(note, one))),
        File("ber.p7m", "молба ber.txt.p7m", signed.cms(note, one, two, ber=True)),
        File("dva-pati.p7m", "молба.txt.p7m.p7s", signed.cms(signed.cms(note, one), old)),
        File("bez-udostoverenie.p7m", "молба без удостоверение.txt.p7m", signed.cms(note, one, certificates=False)),
        File("promenen.p7m", "молба променена.txt.p7m", signed.cms(note, one, shown=note.replace("среща".encode(), "спеша".encode()))),
        File("shifrovan.p7m", "тайно.p7m", signed.enveloped(note))])
    document = docx(["Молба", "Моля за среща във връзка с моята преписка."])
    message("otdelen-podpis", VIDIN, "2027-02-03T09:03:00.000", person("Кристиян Летов Шаблонов"), "документ с подпис", "", to_review(), [
        File("molba.docx", "Молба.docx", document),
        File("molba.p7s", "Молба-docx-20260703111240.p7s", signed.cms(document, one, detached=True)),
        File("chuzhd.p7s", "Молба.docx.p7s", signed.cms(note, two, detached=True))])
    files = [("zayavlenie.pdf", letter), ("spravka.txt", note)]
    message("asic", VARNA, "2027-02-04T09:04:00.000", person("Паолина Ведрова Макетова"), "контейнери", "", to_review(), [
        File("s.asics", "молба.asics", signed.asic_s("molba.txt", note, one)),
        File("e.asice", "молба.asice", signed.asic_e([("molba.txt", note), ("vtora.txt", note)], two)),
        File("x.asice", "молба-xades.asice", signed.asic_xades([("molba.txt", note)], one)),
        File("x-promenen.asice", "променен-xades.asice",
             signed.asic_xades([("molba.txt", note)], one, shown={"molba.txt": note.replace("среща".encode(), "спеша".encode())})),
        File("pismo.xml", "писмо.xml", signed.enveloped_xml("Писмо", "<Текст>Моля за среща.</Текст>", two)),
        File("pismo-promeneno.xml", "писмо променено.xml",
             signed.enveloped_xml("Писмо", "<Текст>Моля за среща.</Текст>", two, shown="<Текст>Моля за спешна среща.</Текст>")),
        File("promenen.asice", "променен.asice", signed.asic_e([("molba.txt", note)], one, shown={"molba.txt": note.replace("среща".encode(), "спеша".encode())}))])
    message("asic-zayavlenie", BURGAS, "2027-02-05T09:05:00.000", person("Стилян Мраков Образцов"), "заявление", "",
            registered("ЗСП", "zsp-heat"), [File("z.asice", "заявление.asice", signed.asic_e(files, one))])
    message("arhivi", VIDIN, "2027-02-08T09:06:00.000", person("Ралица Пъстрова Фиктивова"), "архиви", "", to_review(), [
        File("cp1251.zip", "стар.zip", archive([("Молба за среща".encode("cp1251") + b".txt", note)])),
        File("cp866.zip", "много стар.zip", archive([("Папка/Молба за среща.txt".encode("cp866"), note)])),
        File("a.7z", "архив.7z", archives.seven_zip([("Молба за среща.txt", note), ("Списък.txt", note)])),
        File("a.rar", "архив.rar", archives.rar([("Молба за среща.txt", note)])),
        File("a5.rar", "архив 5.rar", archives.rar5([("Молба за среща.txt", note)])),
        File("s-podpis.zip", "с подпис.zip", archive([("Молба.docx", document), ("Молба.docx.p7s", signed.cms(document, one, detached=True))]))])
    message("arhivi-losi", CENTRAL, "2027-02-09T09:07:00.000", person("Деян Облаков Тестов"), "архиви 2", "", to_review(), [
        File("zaklyuchen.zip", "с парола.zip", archives.encrypted_zip("молба.txt", note)),
        File("vrazhdeben.zip", "важно.zip", archives.hostile_zip()),
        File("skasan.zip", "скъсан.zip", archive([("Молба.txt", note)])[:-60] + b"PK\x05\x06")])
    return out
