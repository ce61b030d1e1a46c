"""Hostile, damaged and unreadable things: every one is registered."""

from . import pdf
from .files import archive, docx, jpeg, png
from .identity import BURGAS, CENTRAL, VARNA, VIDIN, company, person
from .message import File, Message, registered, to_review


def messages():
    out = []

    def message(name, unit, sent, who, subject, body, expect, files=(), **more):
        out.append(Message("odd/" + name, unit, sent, who, subject, body, files, expect, **more))

    damaged = bytearray(pdf.letter("ЗАЯВЛЕНИЕ\nза среща с директора"))
    message("prazno", VARNA, "2026-07-06T12:00:00.000", person("Цвета Радулова Нереалова"), "", "", to_review(replies=0))
    message("prazno-s-tema", BURGAS, "2026-07-07T12:30:00.000", person("Рангел Цветков Пилотов"), "test", " ", to_review(replies=0))
    message("povreden-pdf", VIDIN, "2026-07-08T13:00:00.000", person("Христо Ботушаров Скицов"), "Документ", "", to_review(), [
        File("povreden.pdf", "Документ.pdf", bytes(damaged[:len(damaged) // 2]).replace(b"obj", b"o\rj"))])
    message("s-parola", VARNA, "2026-07-09T13:30:00.000", person("Севдалина Апостолова Опитова"), "Поверително", "", to_review(), [
        File("zatvoren.pdf", "само за директора.pdf", pdf.letter("ЗАЯВЛЕНИЕ\nТекстът се вижда само с парола.", password="parola-proba"))])
    message("samo-snimka", BURGAS, "2026-07-10T14:00:00.000", person("Митко Събев Шаблонов"), "снимки", "", to_review(), [
        File("1.jpg", "IMG_0001.jpg", jpeg()), File("2.png", "Screenshot.png", png()), File("3.pdf", "scan0003.pdf", pdf.scan())])
    message("arhiv-zip", VIDIN, "2026-07-13T14:30:00.000", person("Ирена Коцева Фиктивова"), "архив", "", to_review(), [
        File("arhiv.zip", "документи.zip", archive([("Заявление".encode("cp866") + b".docx", docx(["Моля за отговор"])), ("бележки.txt".encode(), "две листа".encode())]))])
    message("greshno-razshirenie", VARNA, "2026-07-14T15:00:00.000", person("Петко Страхилов Макетов"), "файл", "", to_review(), [
        File("1.bin", "заявление.pdf", jpeg()), File("2.bin", "GetFile.ashx", "Обикновен текст без заглавие и без искане в него, случайно прикачен от телефона.".encode("utf-16"))])
    message("prazen-fayl", BURGAS, "2026-07-15T15:30:00.000", person("Асенка Бонина Измислева"), "", "", to_review(), [File("0.pdf", "празен.pdf", b"")])
    message("vrazhdebni-imena", CENTRAL, "2026-07-16T16:00:00.000", person("Мартин Дамянов Тестов"), "файлове", "", to_review(), [
        File("a.txt", "../../../etc/passwd", "Бележка първа".encode()), File("b.txt", "отчет\u202efdp.exe", "Бележка втора".encode()),
        File("c.txt", "име; rm -rf ~ && \"кавички\" `дата`.txt", "Бележка трета".encode()), File("d.txt", "й" * 200 + "...  ", "Бележка четвърта".encode()),
        File("e.txt", "и\u0306-разложено.txt", "Бележка пета".encode()), File("f.txt", "a\tb\r\nc.txt", "Бележка шеста".encode())])
    message("formula-ravno", VARNA, "2026-07-17T16:30:00.000", person("=1+1 Пробев"), "=HYPERLINK(\"http://example.invalid\";\"Вх. № 1\")", """
=cmd|' /C calc'!A0
Текст, който не иска нищо определено и служи да се види какво става в таблицата.""", to_review())
    message("formula-plyus", BURGAS, "2026-07-20T17:00:00.000", person("Илия Тенев Упражнов"), "+359 888 000 000 – обадете ми се", "Обадете ми се на горния номер след работно време, не мога да пиша дълго от този телефон.", to_review())
    message("formula-maymunka", VIDIN, "2026-07-21T17:30:00.000", company("@SUM(1;2) Образец ЕТ"), "@SUM(A1:A9)", "-2+3+cmd|' /C calc'!A0 е заглавието на нашата нова книга за таблици, изпращаме го за сведение.", to_review())
    message("dalga-tema", CENTRAL, "2026-07-22T18:00:00.000", person("Паулина Хараламбиева Образцова"), ("Много дълга тема, която повтаря едно и също, за да стигне до края на полето; " * 4)[:255],
            "Съдържанието е кратко: благодаря за вниманието и довиждане, без искане и без приложения.", to_review())
    message("upravlyavashti-znatsi", VARNA, "2026-07-23T18:30:00.000", person("Огняна\u200b Велчева\u00a0Скицова"), "Тема\u202e с\u0007 особени\u200b знаци", "Ред с \u00ad мек пренос и \u200b нулева ширина, иначе обикновено писмо без искане.", to_review())
    message("lichna-pomosht-cheren-pdf", BURGAS, "2026-07-24T19:00:00.000", person("Тодор Иринеев Мостров"), "Заявление", "", to_review(), [
        File("bez-karta.pdf", "заявление.pdf", pdf.letter("ЗАЯВЛЕНИЕ\nза отпускане на месечна социална помощ", mapped=False))])
    return out
