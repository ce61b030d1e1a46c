"""One complaint in every format that people attach, and what is no letter: sheets, mails, XML of other systems."""

import base64

from . import compound, office
from .identity import BURGAS, VARNA, VIDIN, person
from .message import File, Message, registered, to_review

COMPLAINT = ["ЧРЕЗ ДСП – Видин", "ДО РДСП – Видин", "", "ЖАЛБА", "против заповед № ЗСП/Д-ВН/212/19.06.2026 г. за прекратяване на месечна социална помощ", "",
             "Заповедта е неправилна. На посочената дата бях в болница. Моля да бъде отменена и да ми бъдат изплатени 150,00 лв.", ""]
ROWS = [["Име", "Сума"], ["Пробна помощ", 12]]


def messages():
    out = []

    def message(name, unit, day, who, files, expect=None, body="Прикачено."):
        out.append(Message("formats/" + name, unit, f"2027-03-{day}T10:00:00.000", person(who), "документ", body, files, expect or registered("Жалби", "zhalba")))

    def complaint(who):
        return COMPLAINT + [who]

    who = "Гергина Самуилова Пробева"
    message("docx", VIDIN, "11", who, [File("zhalba.docx", "жалба.docx", office.docx_rich("ДО РДСП – Видин", complaint(who)[3:], "Спешно", "Адрес: гр. Видин", [["Заповед", "212"], ["Дата", "19.06.2026"]]))])
    who = "Ефтим Ралев Образцов"
    message("odt", BURGAS, "12", who, [File("zhalba.odt", "жалба.odt", office.odt(complaint(who)))])
    who = "Жечка Стоилова Скицова"
    message("rtf", VARNA, "13", who, [File("zhalba.rtf", "жалба.doc", office.rtf(complaint(who)))])
    who = "Злати Велков Макетов"
    message("doc", VIDIN, "14", who, [File("zhalba.doc", "жалба.doc", compound.document(complaint(who)))])
    who = "Ивка Господинова Тестова"
    message("txt-cp866", BURGAS, "15", who, [File("zhalba.txt", "жалба.txt", "\r\n".join(complaint(who)).replace("–", "-").encode("cp866"))])
    who = "Калуди Митев Пилотов"
    html = "".join(f"<p>{line}</p>" for line in complaint(who))
    message("html-windows-1251", VARNA, "18", who, [File("zhalba.html", "жалба.htm", f'<html><head><meta charset="windows-1251"></head><body>{html}</body></html>'.encode("windows-1251"))])
    who = "Лазарина Пеева Мострова"
    message("eml", VIDIN, "19", who, [File("zhalba.eml", "FW Жалба.eml", office.eml(
        "Жалба", who, "proba@example.bg", "Tue, 19 Jan 2027 09:00:00 +0200", "\r\n".join(complaint(who)), [("опис.odt", office.odt(["Опис на приложенията"])), ("бележка.txt", "Бележка".encode("windows-1251"))]))])
    who = "Манол Евстатиев Нереалов"
    message("msg", BURGAS, "20", who, [File("zhalba.msg", "Жалба.msg", compound.outlook(
        "Жалба", who, "proba@example.bg", "Wed, 20 Jan 2027 09:00:00 +0200", "\r\n".join(complaint(who)), [("опис.rtf", office.rtf(["Опис на приложенията"]))]))])
    who = "Нанка Тинкова Шаблонова"
    message("txt-utf-16", VARNA, "21", who, [File("zhalba.txt", "без име", b"\xff\xfe" + "\n".join(complaint(who)).encode("utf-16-le"))])
    message("tablitsi", VIDIN, "22", "Огнян Стаменов Упражнов", [
        File("1.xlsx", "суми.xlsx", office.xlsx(ROWS)), File("2.ods", "суми.ods", office.ods([[str(c) for c in row] for row in ROWS])),
        File("3.xls", "суми.xls", compound.sheet([[c if isinstance(c, str) else float(c) for c in row] for row in ROWS])),
        File("4.csv", "суми.csv", "Име;Сума\r\nПробна помощ;12\r\n".encode("windows-1251"))], to_review())
    attachment = base64.b64encode("Писмо в плик".encode()).decode()
    message("xml-na-sistemi", BURGAS, "25", "Петрана Цонкова Фиктивова", [
        File("1.xml", "отговор.xml", '<?xml version="1.0" encoding="ISO-8859-5"?><МрежаResponse xmlns="http://egov.bg/RegiX/GRAO/PNA"><Справка>Без данни</Справка></МрежаResponse>'.encode("iso-8859-5")),
        File("2.xml", "seos.xml", f'<Message xmlns="http://schemas.egov.bg/messaging/v1"><Body><DocumentRegistrationRequest><Document><DocID><DocumentNumber><DocNumber>ОП-94</DocNumber><DocDate>2027-01-20</DocDate></DocumentNumber></DocID><DocAbout>Сведение</DocAbout><DocAttachmentList><Attachment><AttFileName>писмо.txt</AttFileName><AttBody>{attachment}</AttBody></Attachment></DocAttachmentList></Document></DocumentRegistrationRequest></Body></Message>'.encode()),
        File("3.xml", "потвърждение.xml", b"\xfe\xff" + '<?xml version="1.0" encoding="utf-16"?><ReceiptAcknowledgedMessage xmlns="http://ereg.egov.bg/segment/0009-000019"><DocumentURI><RegisterIndex>9</RegisterIndex><SequenceNumber>123</SequenceNumber><ReceiptOrSigningDate>2027-01-04</ReceiptOrSigningDate></DocumentURI></ReceiptAcknowledgedMessage>'.encode("utf-16-be"))], to_review())
    return out
