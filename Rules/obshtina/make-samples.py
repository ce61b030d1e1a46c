#!/usr/bin/env python3
"""Writes the invented messages of Rules/obshtina/samples/ with the generator of Samples/. `--check` writes nothing and fails when a file differs.

Python 3 standard library only; the same bytes on every run and machine.
"""

import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "Samples"))
sys.dont_write_bytecode = True

from generator.identity import Unit, institution, person  # noqa: E402
from generator.message import Message, dump, registered  # noqa: E402

DESK = Unit("9999900030006", "Община Образцово – Социални дейности", "ОБЩИНА ОБРАЗЦОВО", "гр. Образцово", "99999", "Образцово", "XXX01", "Образец", "XXX")

# name, sender, subject, body, journal, type; a reply unless the type is silent, a review where the journal is left to a person.
LETTERS = (
    ("patronazh-baba", person("Вета Кирова Образцова"), "храна за баба", "Моля баба ми да бъде включена в домашния социален патронаж. Домашен патронаж е ползвала и преди, когато живееше в другото село.", "Услуги", "patronazh"),
    ("lichna-pomosht", person("Пламен Сидеров Мостров"), "ЗАЯВЛЕНИЕ-ДЕКЛАРАЦИЯ", "Желая да ми бъде предоставена лична помощ. Направлението от дирекцията е приложено, асистент ще бъде сестра ми.", "Услуги", "lichna-pomosht"),
    ("pochasova-grizha", person("Нона Щерева Пробева"), "почасова грижа", "Искам майка ми да ползва почасова грижа два пъти седмично, аз съм на работа до шест часа.", "Услуги", "asistent"),
    ("pomosht-lechenie", person("Ясен Господинов Тестов"), "лечение", "Моля Общинския съвет да ми отпусне еднократна парична помощ за операция на очите. Прилагам епикриза.", "Услуги", "ednokratna"),
    ("zhilishte", person("Хриска Манева Скицова"), "Нямаме къде да живеем", "Кандидатствам за общинско жилище, петчленно семейство сме, живеем в една стая под наем.", "Жилища", "zhilishte"),
    ("zhalba-hrana", person("Камбер Исмаилов Опитов"), "Оплакване", "Храната от патронажа идва студена и често липсва хлябът. Говорих с шофьора, но нищо не се промени.", "Жалби и сигнали", "zhalba"),
    ("signal-asistent", person("Добра Желязкова Нереалова"), "сигнал", "Асистентът на съседа се подписва, че е бил, а не идва от седмици. Проверете, моля.", "Жалби и сигнали", "signal"),
    ("dete-na-dvora", person("Минка Пенчева Упражнова"), "съседите", "От два дни децата на съседите са сами на двора, плачат и искат храна през оградата.", "Жалби и сигнали", "dete-v-risk"),
    ("pismo-dsp", institution("Дирекция „Социално подпомагане“ – образец"), "направления", "Изх. № 07-12/03.08.2026 г. Изпращаме Ви копия от издадените направления за юли.", "Деловодство", "pismo"),
    ("sad", institution("Районен съд – образец"), "Призовка", "По гр. дело № 12/2026 г. общината е призована като заинтересована страна за 3 септември.", "Деловодство", "sadebni"),
    ("vapros-obyad", person("Игнат Любчев Макетов"), "въпрос за топъл обяд", "Имам въпрос: какви документи трябват за топъл обяд и може ли да го получава и съпругата ми?", "Деловодство", "vapros"),
    ("blagodarnost", person("Севдана Раева Шаблонова"), "Поздрави", "Поздравявам всички с празника на града и желая на колектива здраве и търпение.", "Деловодство", "neopredelen"))


def contents():
    out = {}
    for number, (name, sender, subject, body, journal, type) in enumerate(LETTERS):
        expect = registered(journal, type, review=type == "neopredelen", replies=0 if type == "sadebni" else 1)
        message = Message(name, DESK, f"2026-08-{3 + number:02d}T09:{10 + number * 3}:00.000", sender, subject, body, [], expect)
        message.id = 810001 + number * 2
        out[f"{name}/message.json"], out[f"{name}/expected.json"] = dump(message.record()), dump(expect)
    return out


def main():
    wanted, target = contents(), HERE / "samples"
    if "--check" in sys.argv[1:]:
        present = {str(p.relative_to(target)) for p in target.rglob("*") if p.is_file()}
        wrong = sorted(p for p in present | set(wanted) if p not in wanted or p not in present or (target / p).read_bytes() != wanted[p])
        print("\n".join(wrong) if wrong else f"{len(LETTERS)} messages are as written")
        return 1 if wrong else 0
    shutil.rmtree(target, ignore_errors=True)
    for path, data in wanted.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
