"""What happens to a message on its way: opened by a person, before the cut-over, missing and malicious files, forwarding, duplicates, odd times."""

from . import pdf
from .eform import Request, application, files
from .files import docx, jpeg
from .identity import BURGAS, CENTRAL, VARNA, VIDIN, institution, person, uuid_of
from .message import File, Message, before_take_over, duplicate, registered, to_review, waiting

UNTIL_ONE = "Отпускане на месечни помощи за отглеждане на дете до навършване на една година"
ADOPTION = "Отпускане на еднократна помощ при осиновяване на дете"


def messages():
    return received() + forwarded() + duplicates() + times()


def received():
    who = person("Хубавка Манолова Образцова")
    return [
        Message("delivery/otvoreno-ot-chovek", VARNA, "2026-07-15T08:00:10.000", person("Боримир Петков Упражнов"), "Заявление за целева помощ за отопление", """
Моля за целева помощ за отопление за новия сезон. Заявлението е за мен и съпругата ми. Боримир Упражнов""", [], waiting("opened-by-person"), received="2026-07-15T08:31:44.512"),
        Message("delivery/otvoreno-eform", BURGAS, "2026-07-16T09:00:10.000", who, "чакаща", "", files(
            Request(uuid_of("service opened"), "739", UNTIL_ONE, BURGAS, who)), waiting("opened-by-person"), received="2026-07-16T09:00:58.001"),
        Message("delivery/predi-poemaneto", VARNA, "2026-06-30T23:59:59.500", person("Катя Ярославова Тестова"), "Жалба", "Жалба срещу отказ, подадена в последната минута на юни.", [], before_take_over()),
        Message("delivery/predi-poemaneto-otvoreno", VIDIN, "2026-05-11T10:10:10.000", person("Йосиф Драганов Макетов"), "Молба", "Молба за месечна социална помощ.", [], before_take_over(),
                received="2026-05-11T11:00:00.000"),
        Message("delivery/parvata-sekunda", BURGAS, "2026-07-01T00:00:00.000", person("Мина Калинова Пилотова"), "Заявление", """
Заявление за отпускане на месечна социална помощ от Мина Калинова Пилотова. Безработна съм от април и отглеждам сама дъщеря си. Прилагам каквото имам.""", [], registered("ЗСП", "zsp-9")),
        Message("delivery/ne-se-otvarya", VIDIN, "2026-07-17T10:00:10.000", person("Стоимен Люцканов Опитов"), "Запитване", "Текстът на това съобщение не може да бъде отворен.", [], waiting("open-failed"), open="fails"),
        Message("delivery/lipsvasht-fayl", VARNA, "2026-07-20T11:00:10.000", person("Явор Крайчев Черновски"), "Жалба с доказателства", """
Жалба от Явор Крайчев Черновски срещу отказ за издаване на удостоверение. Доказателствата са в приложения файл, моля да ги разгледате.""",
                [File("dokazatelstva.pdf", "доказателства.pdf", pdf.scan(), missing=True)], registered("Жалби", "zhalba")),
        Message("delivery/greshen-hash", BURGAS, "2026-07-21T12:00:10.000", person("Милена Дойчинова Шаблонова"), "Запитване за срок", """
Моля за информация кога изтича срокът за подаване на заявленията за отопление и приемате ли ги по ССЕВ. Снимката е от миналогодишния документ. Милена Шаблонова""",
                [File("snimka.jpg", "снимка.jpg", jpeg(), hash="00" * 32)], registered("Кореспонденция", "zapit")),
        Message("delivery/zlonameren-fayl", VIDIN, "2026-07-22T13:00:10.000", person("Кристина Бойкова Скицова"), "Заявление", """
Заявление-декларация за отпускане на еднократна помощ при раждане на живо дете от Кристина Бойкова Скицова. Прикачвам акта за раждане от друг компютър.""",
                [File("akt.zip", "akt.pdf.zip", b"PK\x05\x06" + bytes(18), isMalicious=True)], registered("ЗСПД", "zspd-6")),
        Message("delivery/samo-zlonameren-fayl", CENTRAL, "2026-07-23T14:00:10.000", person("Джон Смит Нереалов", "9876543217"), "Your documents", "", [
            File("faktura.zip", "faktura_0722.zip", b"PK\x05\x06" + bytes(18), isMalicious=True)], to_review(replies=0)),
    ]


def forwarded():
    mother = person("Сашка Филипова Мострова")
    inner = Message("delivery/prepratena-zhalba", BURGAS, "2026-07-08T16:40:00.000", person("Григор Спасов Измислев"), "Жалба", """
Жалба от Григор Спасов Измислев против Заповед № ЗСПД/Д-А/311/22.06.2026 г. за отказ. Обжалвам я изцяло, мотивите са неясни. Живея в Бургас от две години.""")
    # ССЕВ itself cannot give the content of a forwarded message that has files; the end is the same when it can.
    with_file = Message("delivery/prepratena-s-fayl", VIDIN, "2026-09-10T13:04:00.000", mother, "документи", "Вижте приложеното.", [
        File("dokument.docx", "документ 2.docx", docx(["Уважаеми колеги, това е копие за сведение."]))])
    empty = Message("delivery/prepratena-prazna", VARNA, "2026-09-14T10:00:00.000", person("Тинка Радоева Образцова"), "", "")
    return [
        Message("delivery/prepratena-zhalba", BURGAS, "2026-07-09T09:00:00.000", institution("Дирекция „Социално подпомагане“ – Образец"), "FW: Жалба",
                "Препращаме Ви по компетентност получената в дирекцията ни жалба.", [], registered("Жалби", "zhalba"), template=2, forwarded=inner),
        Message("delivery/prepratena-s-fayl", VIDIN, "2026-09-11T08:15:00.000", institution("Дирекция „Социално подпомагане“ – Мостра"), "Препратено по компетентност",
                "Препращаме Ви по компетентност.", [], to_review(), template=2, forwarded=with_file),
        Message("delivery/prepratena-prazna", VARNA, "2026-09-14T11:00:00.000", institution("Регионална дирекция – образец"), "FW:", "", [], to_review(), template=2, forwarded=empty),
    ]


def duplicates():
    who, other = person("Лиляна Асенова Тестова"), person("Веселина Асенова Тестова")
    rnu = uuid_of("service twice")
    letter = """
Заявление за отпускане на еднократна социална помощ за издаване на лична карта.
От Ставри Костадинов Пробев. Моля да ми се отпусне помощта, личната ми карта изтича на 1 септември."""
    sender = person("Ставри Костадинов Пробев")
    request = dict(rnu=rnu, number="2753", name=ADOPTION, unit=VARNA, author=who, time="2026-08-10T06:00:00.000Z")
    first = files(Request(**request))
    changed = files(Request(**request, specific=[("correction", "Поправен номер на банковата сметка")]))
    subject = f"{rnu}-2753-{ADOPTION}"
    return [
        Message("duplicates/pismo-1", BURGAS, "2026-08-06T10:00:00.000", sender, "Лична карта", letter, [], registered("ЗСП", "zsp-id")),
        Message("duplicates/pismo-2-sashtoto", BURGAS, "2026-08-06T10:04:30.000", sender, "Лична карта", letter, [], duplicate()),
        Message("duplicates/pismo-3-drug-podatel", BURGAS, "2026-08-06T10:09:00.000", person("Костадин Ставрев Пробев"), "Лична карта", letter, [], registered("ЗСП", "zsp-id")),
        Message("duplicates/usluga-1", VARNA, "2026-08-10T09:01:00.000", who, subject, "", first, registered("ЗСПД", "zspd-6b")),
        Message("duplicates/usluga-2-sashtite-baytove", VARNA, "2026-08-10T09:06:00.000", who, subject, "", first, duplicate()),
        Message("duplicates/usluga-3-drugi-baytove", VARNA, "2026-08-11T12:00:00.000", who, subject, "", changed, registered("ЗСПД", "zspd-6b", review=True)),
        Message("duplicates/usluga-4-drug-podatel", VARNA, "2026-08-12T12:00:00.000", other, subject, "", first, registered("ЗСПД", "zspd-6b", review=True)),
    ]


def times():
    return [
        Message("times/oktomvri-leten-chas", VARNA, "2026-10-25T03:30:00.000+03:00", person("Камен Зарков Мостров"), "Запитване", """
Имам въпрос за смяната на часа: до колко часа днес се приемат заявленията за отопление и трябва ли да идвам лично? Камен Мостров""", [], registered("Кореспонденция", "zapit")),
        Message("times/oktomvri-zimen-chas", VARNA, "2026-10-25T03:30:00.000+02:00", person("Зарко Каменов Мостров"), "Предложение", """
Предложение: нека обявявате промените в работното време и в съобщение до всички потребители, а не само на вратата. Зарко Мостров""", [], registered("Сигнали", "predlozhenie")),
        Message("times/posledna-minuta-2026", BURGAS, "2026-12-31T23:58:30.000", person("Силвия Новакова Черновска"), "Последна за годината", """
Заявление за отпускане на месечна социална помощ от Силвия Новакова Черновска. Подавам го сега, за да се брои за декември. Весели празници на всички!""", [], registered("ЗСП", "zsp-9")),
        Message("times/parva-minuta-2027", BURGAS, "2027-01-01T00:03:05.000", person("Новак Силвиев Черновски"), "Първа за годината", """
Заявление за отпускане на месечна социална помощ от Новак Силвиев Черновски, безработен, без доходи и без имущество, живущ на настоящ адрес в Бургас.""", [], registered("ЗСП", "zsp-9")),
    ]
