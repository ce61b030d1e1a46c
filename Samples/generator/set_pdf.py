"""What PDFs hold beside their text: answers of forms, files inside, signatures, pages that are pictures."""

from . import pdf
from .eform import SIGNER, application, Request, uuid_of
from .files import docx, scanned_png
from .identity import BURGAS, VARNA, VIDIN, person
from .message import File, Message, registered, to_review

WORD = {"Producer": pdf.utf16_hex("Microsoft® Word 2016")}
COVER = "Приложено изпращам файловете, за които говорихме на гишето в понеделник сутринта. Благодаря предварително за съдействието."
TEMPLATE = """<template xmlns="http://www.xfa.org/schema/xfa-template/2.8/"><subform name="form1">
<draw><value><text>ПРОБЕН ЛИСТ</text></value></draw>
<draw><value><exData contentType="text/html"><body xmlns="http://www.w3.org/1999/xhtml"><p>за посещение на изложбата в читалището</p></body></exData></value></draw>
<field name="txtТriImena"><caption><value><text>Трите имена</text></value></caption></field>
<field name="chkVecher"><caption><value><text>Вечерно посещение</text></value></caption><items><text>1</text><text>0</text></items></field>
</subform></template>"""
DATASETS = """<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><form1>
<txtТriImena>Проба Тестова Изложбова</txtТriImena><chkVecher>1</chkVecher><Adres><txtUlica>Примерна</txtUlica><txtNomer>5</txtNomer></Adres>
<formId>999901PRBv01</formId><txtEDeliveryDestination>121015056</txtEDeliveryDestination><txtPrazno/></form1></xfa:data></xfa:datasets>"""


def document():
    return pdf.Document()


def messages():
    out = []

    def message(name, unit, sent, who, subject, files, expect):
        out.append(Message("pdf/" + name, unit, sent, who, subject, "", files, expect))

    form = document()
    form.letter_text("ПРОБЕН ЛИСТ\nза посещение на изложбата в читалището\nИме:\nАдрес:")
    form.answers([("заявител.име", "Проба Тестова Изложбова"), ("заявител.адрес", "гр. Варна, ул. „Примерна“ № 5"), ("бележка", "")],
                 [("vecher", "Yes"), ("obed", "Off")])
    message("popalnen-formulyar", VARNA, "2026-08-03T09:00:00.000", person("Проба Тестова Изложбова"), "лист", [
        File("list.pdf", "лист.pdf", form.bytes_plain(WORD))], to_review())

    waiting = document()
    waiting.letter_text(pdf.WAIT)
    waiting.dynamic_form(TEMPLATE, DATASETS)
    message("xfa-formulyar", BURGAS, "2026-08-03T10:00:00.000", person("Проба Тестова Изложбова"), "лист за изложба", [
        File("list.pdf", "999901_List.pdf", waiting.bytes_plain({"Producer": b"Adobe LiveCycle Designer 11.0"}))], to_review())

    portfolio = document()
    portfolio.letter_text("За най-добър преглед отворете този файл с друга програма.")
    portfolio.files([("папка/бележка.docx", docx(["Бележка за читалището: ключът е при съседката."])), ("списък.txt", "първо, второ, трето".encode())], portfolio=True)
    message("portfolio", VIDIN, "2026-08-03T11:00:00.000", person("Любен Пасков Опитов"), "файлове в един", [
        File("vsichko.pdf", "всичко.pdf", portfolio.bytes_plain(WORD))], to_review())

    letter = document()
    letter.letter_text(COVER)
    message("podpisano-pismo", VARNA, "2026-08-03T12:00:00.000", person("Проба Тестова Подписова"), "писмо с подпис", [
        File("pismo.pdf", "писмо.pdf", letter.bytes_signed(WORD, SIGNER, "D:20260803114500+03'00'"))], to_review())

    who = person("Проба Тестова Подписова")
    out.append(application(
        "pdf/podpisana-forma", BURGAS, "2026-08-03T13:00:00.000", who, "2753", "Отпускане на еднократна помощ при осиновяване на дете",
        registered("ЗСПД", "zspd-6b"), build={"layout": "signed"}))
    other = Request(uuid_of("service pdf/promenena-forma"), "739", "Отпускане на месечни помощи за отглеждане на дете до навършване на една година", VIDIN, who,
                    time="2026-08-03T10:57:52.000Z")
    out.append(application(
        "pdf/promenena-forma", VIDIN, "2026-08-03T14:00:00.000", who, "2753", "Отпускане на еднократна помощ при осиновяване на дете",
        registered("ЗСПД", "zspd-6b"), build={"layout": "changed", "other": other}))

    page = "ПРОБЕН ЛИСТ\nЗА ИЗЛОЖБАТА В ЧИТАЛИЩЕТО\nБЛАГОДАРЯ ЗА ПОКАНАТА,\nЩЕ ДОЙДА С ДЕЦАТА СЛЕД ОБЕД."
    message("skanirana-stranitsa", VIDIN, "2026-08-03T15:00:00.000", person("Сийка Донкова Шаблонова"), "лист", [
        File("scan.pdf", "scan0001.pdf", pdf.scan_of(page)), File("foto.png", "IMG_0002.png", scanned_png(page))], to_review())
    mixed = document()
    mixed.letter_text(COVER)
    mixed.scanned_text(page)
    message("smesen-fayl", VARNA, "2026-08-03T16:00:00.000", person("Сийка Донкова Шаблонова"), "писмо и лист", [
        File("pismo.pdf", "писмо и лист.pdf", mixed.bytes_plain(WORD))], to_review())
    return out
