"""Kind A: applications of the national e-forms platform, both generations."""

from .eform import Request, application
from .files import jpeg, png
from .identity import BURGAS, CENTRAL, VARNA, VIDIN, person, social
from .message import File, registered, to_review

ADOPTION = "Отпускане на еднократна помощ при осиновяване на дете"
FIRST_GRADE = "Отпускане на еднократна помощ за ученици, записани в първи клас"
UNTIL_ONE = "Отпускане на месечни помощи за отглеждане на дете до навършване на една година"
PARENT_CHILD = "Отпускане на еднократна помощ за дете, станало родител"
RAIL = ("Издаване на удостоверения на лица със 71 и над 71 на сто степен на трайно намалена работоспособност, деца до 16-годишна възраст с трайно увреждане "
        "и военноинвалиди за безплатно пътуване с железопътния транспорт два пъти в годината")
ASSESSMENT = "Изготвяне на индивидуална оценка на потребностите на хора с увреждания"
RELATIVES = "Отпускане на месечни помощи за дете, настанено за отглеждане при роднини и близки"
HEATING = "Отпускане на целева помощ за отопление"


def messages():
    mother = person("Десислава Пробева Образцова")
    father = person("Калоян Стоев Мостров", "0001010003")
    friends = social("Сдружение „Протегната ръка – образец“", "999990003")
    return [
        application("eforms/osinoviavane", VARNA, "2026-07-03T10:15:02.337", mother, "2753", ADOPTION, registered("ЗСПД", "zspd-6b"),
                    extra=[File("udostoverenie.jpg", "Удостоверение.jpg", jpeg())], specific=[("adoptionDate", "2026-06-10T00:00:00+03:00")]),
        application("eforms/parvi-klas", BURGAS, "2026-09-14T21:40:55.120", father, "778", FIRST_GRADE, registered("ЗСПД", "zspd-10a"), build={"layout": "packed"},
                    channel="0006-000076", specific=[("childFullName", "Алекс Калоянов Мостров"), ("school", "ОУ „Образцово“"), ("grade", "1")]),
        application("eforms/do-edna-godina-2022", VARNA, "2026-07-06T08:03:11.004", person("Йоана Миткова Шаблонова"), "739", UNTIL_ONE, registered("ЗСПД", "zspd-8"),
                    build={"generation": 2022}),
        application("eforms/do-edna-godina-tri-fayla", VIDIN, "2026-07-07T12:22:48.909", person("Румяна Илчева Скицова", "8922267066"), "739", UNTIL_ONE,
                    registered("ЗСПД", "zspd-8"), build={"layout": "three-files"}),
        application("eforms/dete-roditel", BURGAS, "2026-07-08T17:31:20.450", person("Елица Стефанова Макетова", "9542123456"), "3028", PARENT_CHILD,
                    registered("ЗСПД", "zspd-7-13"), quality="1006-020002", applicant=person("Стефан Горанов Макетов"), build={"form": "utf8"}),
        application("eforms/zhelezopaten-transport", VIDIN, "2026-07-09T09:00:00.000", person("Цветан Наков Черновски", "2022290015"), "1172", RAIL,
                    registered("ЗСП", "zsp-20"), extra=[File("telk.png", "ЕР ТЕЛК стр. 1.png", png()), File("telk-2.png", "ЕР ТЕЛК стр. 1.png", png(30, 20))]),
        application("eforms/individualna-otsenka", VARNA, "2026-07-10T14:48:37.610", person("Снежана Василева Пилотова"), "779", ASSESSMENT,
                    registered("ЗХУ", "zhu-ion"), build={"form": "literal"}, specific=[("support", [("value", "01"), ("label", "Месечна финансова подкрепа")])]),
        application("eforms/roditel-za-dete-s-uvrezhdane", BURGAS, "2026-07-10T15:02:09.115", person("Христина Жекова Опитова"), "779", ASSESSMENT,
                    registered("ЗХУ", "zhu-ion"), applicant=person("Борис Жеков Опитов", "9952290007"), quality="1006-020002", build={"layout": "updated"}),
        application("eforms/rodnini-i-blizki", VARNA, "2026-07-13T11:11:11.111", person("Тотка Минчева Измислева"), "587", RELATIVES,
                    registered("ЗД", "zzd-49"), quality="1006-020006", applicant=person("Пенка Тотева Измислева", "0012317774")),
        application("eforms/podpisan-sled-greshna-reviziya", VARNA, "2026-07-14T16:05:42.777", person("Ивелин Радев Упражнов"), "2753", ADOPTION, registered("ЗСПД", "zspd-6b"),
                    build={"layout": "updated", "other": Request("00000000-0000-4000-8000-000000000000", "739", UNTIL_ONE, VARNA, person("Ивелин Радев Упражнов"))}),
        application("eforms/shifrovan-bez-parola", BURGAS, "2026-07-15T07:45:01.010", person("Мирела Дечкова Нереалова"), "778", FIRST_GRADE,
                    registered("ЗСПД", "zspd-10a"), build={"password": ""}),
        application("eforms/zayavitel-sdruzhenie", VIDIN, "2026-07-15T13:27:30.030", person("Огнян Спасов Фиктивов"), "779", ASSESSMENT, registered("ЗХУ", "zhu-ion"),
                    company=friends, quality="1006-020006"),
        application("eforms/dopalnenie-122", VARNA, "2026-07-20T10:00:59.001", person("Гергана Валериева Пробева"), "739", UNTIL_ONE, registered("ЗСПД", "dopalnenie"),
                    type="0006-000122", specific=[("previousNumber", "ЗСПД/Д-В/17/06.07.2026")]),
        application("eforms/nerednosti-123", BURGAS, "2026-07-21T18:36:00.480", person("Пламен Асенов Нереалов"), "779", ASSESSMENT, registered("ЗХУ", "dopalnenie"),
                    type="0006-000123", specific=[("previousNumber", "ЗХУ/Д-А/8/13.07.2026")]),
        application("eforms/ottegliane-124", VIDIN, "2026-07-22T09:14:33.905", person("Вероника Любенова Тестова"), "2753", ADOPTION, registered("ЗСПД", "otteglyane"),
                    type="0006-000124", build={"generation": 2022}),
        # Services whose number the ruleset does not know: the name decides.
        application("eforms/razhdane-nepoznat-nomer", BURGAS, "2026-07-23T22:59:59.999", person("Мария-Магдалена Тодорова Примерова"), "9106",
                    "Отпускане на еднократна помощ при раждане на живо дете", registered("ЗСПД", "zspd-6")),
        application("eforms/otoplenie", VARNA, "2026-07-24T06:10:05.500", person("Хасан Мехмедов Образцов"), "9115", HEATING, registered("ЗСП", "zsp-heat"),
                    specific=[("heatingType", [("value", "02"), ("label", "твърдо гориво")])], build={"layout": "packed", "form": "utf8"}),
        application("eforms/lichna-karta-unified", VIDIN, "2026-07-24T12:00:01.250", person("Атанас Рангелов Мостров"), "unified",
                    "Отпускане на еднократна социална помощ за издаване на лична карта", registered("ЗСП", "zsp-id"), rnu="BGES9d57a10", build={"generation": 2022}),
        application("eforms/balneolechenie", VARNA, "2026-07-27T15:15:15.150", person("Недялка Костова Шаблонова"), "9131",
                    "Отпускане на целева помощ за балнеолечение и/или рехабилитационни услуги", registered("ЗХУ", "zhu-76"), build={"form": "literal"}),
        # A person must look.
        application("eforms/stara-usluga-788", BURGAS, "2026-07-28T10:20:30.400", person("Кирил Методиев Скицов"), "788",
                    "Отпускане на целева помощ за покупка на лично моторно превозно средство", registered("ЗХУ", "zhu-74", review=True), build={"generation": 2022}),
        application("eforms/sporni-nomera", VARNA, "2026-07-29T08:41:12.620", person("Радостина Данева Макетова"), "739", UNTIL_ONE, to_review(),
                    rnu="4f6a1b70-5c1e-4d0a-9b7e-2d6f0c1a8e55", title="4f6a1b70-5c1e-4d0a-9b7e-2d6f0c1a8e55-778-" + FIRST_GRADE),
        application("eforms/chuzhd-dostavchik", CENTRAL, "2026-07-30T19:05:44.044", person("Боян Симеонов Упражнов"), "1388",
                    "Издаване на удостоверение за наличие или липса на задължения", to_review(), provider=("999990003", "9901", "Агенция за образцови приходи")),
        application("eforms/drugo-zveno", BURGAS, "2026-07-31T11:58:07.300", person("Камелия Пеева Черновска"), "2753", ADOPTION, registered("ЗСПД", "zspd-6b"), mailbox=VIDIN),
        application("eforms/tema-255-znaka", VIDIN, "2026-08-03T13:13:13.013", person("Александрина Велизарова Пилотова-Измислева"), "1172", RAIL + ", съгласно ППЗСП",
                    registered("ЗСП", "zsp-20")),
        application("eforms/latinski-bukvi-v-imeto", VARNA, "2026-08-04T09:33:27.845", person("Стоил Хубенов Опитов"), "9115",
                    "Oтпycкaнe нa цeлeвa пoмoщ зa oтoплeниe", registered("ЗСП", "zsp-heat")),
        application("eforms/neizvestna-usluga", CENTRAL, "2026-08-05T16:44:50.070", person("Виржиния Захариева Фиктивова"), "9777",
                    "Предоставяне на услуга по образец, която никой не е описал", to_review()),
    ]
