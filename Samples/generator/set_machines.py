"""What machines send: automatic replies, read receipts, answers that carry the mark of an intake-robot."""

from . import pdf
from .identity import BURGAS, CENTRAL, VARNA, VIDIN, company, institution, person
from .mark import mark
from .message import File, Message, not_registered, registered


def messages():
    out = []

    def message(name, unit, sent, who, subject, body, expect, files=(), **more):
        out.append(Message("machines/" + name, unit, sent, who, subject, body, files, expect, **more))

    message("avtomatichen-otgovor", VARNA, "2026-07-06T09:00:01.000", company("Хоризонт Образец ЕАД"), "Автоматичен отговор: Покана", """
Автоматичен отговор
В отпуск съм до 20 юли. По спешни въпроси се обърнете към деловодството.""", not_registered("avtomatichno"))
    message("out-of-office", CENTRAL, "2026-07-07T12:00:02.000", company("Sample Consulting Ltd."), "Out of office Re: information", """
I am out of the office until 14 July with no access to messages.""", not_registered("avtomatichno"))
    message("obratna-razpiska", BURGAS, "2026-07-08T07:30:03.000", institution("Агенция по образци"), "Обратна разписка", """
Съобщението е прочетено на 08.07.2026 г. в 07:29 ч. от служител „Деловодство“.""", not_registered("avtomatichno"))
    message("potvarzhdenie-chuzh-robot", VIDIN, "2026-07-09T16:45:04.000", institution("Община Примерово"),
            "Потвърждение за получаване – вх. № ВХ-2026-1180/09.07.2026 " + mark("production", "2x7rk0pd", 812200, "a"), """
Община Примерово

Потвърждаваме, че Вашият документ е получен и регистриран.

Входящ номер (УРИ): ВХ-2026-1180/09.07.2026
Съобщението е изготвено автоматично и удостоверява само получаването.""", not_registered("avtomatichno"))
    message("avtomatichen-otgovor-s-belega", VARNA, "2026-07-10T10:10:05.000", person("Румен Велинов Опитов"),
            "Автоматичен отговор: Потвърждение за получаване – вх. № ЗСП/Д-В/7/09.07.2026 " + mark("production", "1xk3f9qa", 700150, "a"),
            "Благодаря за съобщението. Това е автоматичен отговор, пощата се проверява веднъж седмично.", not_registered("avtomatichno"))
    message("otgovor-na-grazhdanin-s-belega", VARNA, "2026-07-13T18:22:06.000", person("Ваня Андонова Измислева"),
            "RE: Потвърждение за получаване – вх. № ЗСП/Д-В/12/10.07.2026 " + mark("production", "1xk3f9qa", 700180, "a"), """
Здравейте, благодаря за бързия отговор. Към вх. № ЗСП/Д-В/12/10.07.2026 приложено представям и бележката от Бюрото по труда, която излезе днес.
Ваня Измислева""", registered("ЗСП", "dopalnenie", replies=0), [File("belezhka.pdf", "бележка БТ.pdf", pdf.scan())])
    message("avtomatichen-s-fayl", BURGAS, "2026-07-14T11:11:07.000", institution("Регистратура – образец"), "Автоматичен отговор", """
Автоматичен отговор: приложен е протоколът от обработката на Вашето съобщение.""", registered("За разпределяне", "avtomatichno", review=True, replies=0),
            [File("protokol.pdf", "protocol.pdf", pdf.scan())])
    return out
