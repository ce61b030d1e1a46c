"""Applications of the national e-forms platform: the ServiceRequest of 2022 and of 2023+, and the PDF that carries it."""

import datetime
import json

from . import pdf
from .identity import CENTRAL, uuid_of
from .message import File, Message

QUALITY = {"1006-020001": "Титуляр", "1006-020002": "Законен представител", "1006-020006": "Пълномощник"}
REQUEST = {
    "0006-000121": "Първоначално заявление за предоставяне на електронна административна услуга",
    "0006-000122": "Заявление за изменение или допълнение", "0006-000123": "Отстраняване на нередовности или предоставяне на информация",
    "0006-000124": "Оттегляне на заявление"}
CHANNEL = {
    "0006-000076": "На електронна поща", "0006-000077": "Лично от звеното за административно обслужване",
    "0006-000080": "По електронен път чрез системата за сигурно електронно връчване"}


class Request:
    """What one application says; everything else follows from it."""

    def __init__(self, rnu, number, name, unit, author, *, applicant=None, company=None, quality="1006-020001", type="0006-000121",
                 channel="0006-000080", time="2026-07-03T07:12:40.000Z", specific=(), provider=("121015056", "814", "Агенция за социално подпомагане"),
                 street="УЛ.ПРИМЕРНА", email="proba@example.bg", phone="0888000000"):
        self.rnu, self.number, self.name, self.unit, self.author = rnu, number, name, unit, author
        self.applicant, self.company, self.quality, self.type, self.channel = applicant, company, quality, type, channel
        self.time, self.specific, self.provider, self.street, self.email, self.phone = time, list(specific), provider, street, email, phone


def coded(name, code, label):
    return (name, [("code", code), ("name", label)])


def identified(value, code, label):
    return [("identifier", value), coded("identifierType", code, label)]


def names(sender):
    first, middle, family = sender.names
    out = [("fullName", sender.name), ("firstName", first)]
    return out + [("middleName", middle), ("familyName", family)] if family else out + [("familyName", middle)]


def regix(synchronized):
    return ("regix", [("isSynchronized", "true" if synchronized else "false")])


def address(request, name):
    unit = request.unit
    full = f"обл. {unit.district}, общ. {unit.municipality}, {unit.settlement}, {request.street} 005Б"
    return (name, [coded("country", "BG", "България"), ("address", [
        coded("district", unit.district_code, unit.district), coded("municipality", unit.code, unit.municipality),
        coded("settlement", unit.ekatte, unit.settlement), ("locationName", request.street), ("buildingNumber", "005Б"), ("fullAddress", full)])])


def channels(request):
    return [("communicationChannel", [coded("contactType", "1006-030006", "Електронна поща"), ("contact", request.email)]),
            ("communicationChannel", [coded("contactType", "1006-030005", "Телефон"), ("contact", request.phone)]),
            ("communicationChannel", [coded("contactType", "1006-999999", "Факс")])]


def service(request):
    return ("publicService", [("identifier", identified(request.number, "1006-100008", "Идентификатор на публична услуга")), ("name", request.name),
                              coded("language", "BG", "Български"), coded("status", "1006-050001", "Активна")])


def provider(request):
    bulstat, number, label = request.provider
    unit = [("legalIdentifier", identified(request.unit.identifier, "1006-100003", "БУЛСТАТ")), ("preferredLabel", request.unit.label)]
    if request.unit is CENTRAL:
        unit = [("legalIdentifier", [coded("identifierType", "1006-100003", "БУЛСТАТ")])]
    return ("serviceProvider", [
        ("legalIdentifier", identified(bulstat, "1006-100003", "БУЛСТАТ")),
        ("identifier", identified(number, "1006-100007", "Идентификатор на публична организация")), ("preferredLabel", label),
        ("administrativeUnits", unit)])


def head(request):
    return ("requestURI", identified(request.rnu, "1006-100001", "Идентификатор на заявление за услуга"))


def terms(request):
    return [coded("requestType", request.type, REQUEST[request.type]),
            ("resultChannel", [("identifier", request.channel), coded("channelType", request.channel, CHANNEL[request.channel])])]


def tree_2023(request):
    author = request.author
    personal = [("identifier", identified(author.identifier, "idn", author.identifier)), *names(author), regix(True)]
    if request.company:
        legal = [("identifier", identified(request.company.identifier, "6", request.company.identifier)), ("eik", request.company.identifier),
                 ("name", request.company.name), ("companyType", "Сдружение"), regix(True)]
    else:
        legal = [regix(False)]
    if request.applicant:
        who = request.applicant
        physical = [("identifier", identified(who.identifier, "idn", who.identifier)), *names(who), regix(True)]
    else:
        physical = [regix(False)]
    return ("ServiceRequest", [
        head(request), ("requestDateTime", request.time), ("dataProcessingAgreement", "true"),
        coded("authorType", request.quality, QUALITY[request.quality]), service(request), provider(request), *terms(request),
        ("processTime", [coded("processTimeType", "normalService", "Обикновена услуга"), coded("processTimeUnit", "workDays", "Работни дни"), ("processTime", "14")]),
        ("tax", [("amount", "0"), coded("currency", "EUR", "EUR"), ("validFrom", "1899-12-31")]),
        ("requestAuthor", [("person", [("personalData", personal), address(request, "presentAddress")]), ("communicationChannels", channels(request))]),
        ("applicant", [("legal", [("legalData", legal)]), ("person", [("personalData", physical), address(request, "permanentAddress"), address(request, "presentAddress")]),
                       ("communicationChannels", channels(request))]),
        ("specificContent", request.specific or [("declarationYes", "true")])])


def tree_2022(request):
    """The older template, with its element `validТо` that ends in Cyrillic letters."""
    who, author = request.applicant or request.author, request.author
    person = [("identifier", identified(who.identifier, "idn", "idn")), *names(who), address(request, "permanentAddress"), address(request, "presentAddress")]
    writer = [("identifier", identified(author.identifier, "idn", "idn")), *names(author)]
    return ("ServiceRequest", [
        head(request), ("requestDateTime", request.time), service(request), provider(request), *terms(request),
        ("processTime", [coded("processTimeType", "0006-000083", "Нормална услуга"), coded("processTimeUnit", "workDays", "Работни дни"), ("processTime", "0")]),
        ("tax", [("amount", "0"), coded("currency", "BGN", "BGN"), ("validFrom", "1899-12-30T22:00:00.000Z"), ("validТо", "9999-12-30T22:00:00.000Z")]),
        *channels(request)[:2], ("applicant", [("person", person)]),
        ("requestAuthor", [coded("authorType", request.quality, QUALITY[request.quality]), ("person", writer)]),
        ("dataProcessingAgreement", "true"), ("specificContent", request.specific)])


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def xml(tree, depth=0):
    name, value = tree
    pad = "    " * depth
    if isinstance(value, str):
        return f"{pad}<{name}>{escape(value)}</{name}>\n"
    if not value:
        return f"{pad}<{name}/>\n"
    return f"{pad}<{name}>\n" + "".join(xml(child, depth + 1) for child in value) + f"{pad}</{name}>\n"


def xml_document(tree):
    return '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n' + xml(tree)


def json_of(value):
    """The tree as the platform turns it into JSON: text of digits becomes a number unless it starts with 0, repeated names an array."""
    if isinstance(value, str):
        if value in ("true", "false"):
            return value == "true"
        return int(value) if value.isascii() and value.isdigit() and not (len(value) > 1 and value[0] == "0") else value
    out = {}
    for name, child in value:
        converted = json_of(child)
        if name not in out:
            out[name] = converted
        elif isinstance(out[name], list):
            out[name].append(converted)
        else:
            out[name] = [out[name], converted]
    return out


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def submission(request):
    """The raw answers of the form, as the page sent them."""
    first, middle, family = request.author.names
    unit = {} if request.unit is CENTRAL else {"administrationUnitEDelivery": request.unit.identifier, "administrationUnit": request.unit.label, "isRowSelected": True}
    return {"data": {
        "businessKey": request.rnu, "requestor": request.author.identifier, "requestorIdentifierType": "1", "requestTypeCode": request.type,
        "requestTypeName": REQUEST[request.type], "generateFilesPackage": True, "documentCode": "ZVLN", "documentTitle": request.name, "isSignable": False,
        "issueDateCaseIdentifier": request.time, "buisnessKeyCaseIdentifier": request.rnu, "serviceSupplierId": request.provider[1],
        "serviceSupplierName": request.provider[2], "administrationUnit": unit, "identifier": request.author.identifier,
        "firstName": first, "surName": middle, "familyName": family, "presentAddressSettlement": {"settlementName": request.unit.settlement, "settlementCode": request.unit.ekatte},
        "termTaxesSubmission": {"data": {"arId": request.number, "supplierEAS": request.provider[1]}}, "applicantEmailAddress": request.email}}


def page_text(request):
    """What the printed page shows: labels in one row, values in the next."""
    who = request.company or request.applicant or request.author
    unit = "" if request.unit is CENTRAL else request.unit.label
    return "\n".join([
        f"Референтен номер: {request.rnu}", "", f"До {request.provider[2]}", unit, "", "ЗАЯВЛЕНИЕ", "за предоставяне на услуга", request.name, "",
        "Заявител      Идентификатор", f"{who.name}      {who.identifier}", "Качество на автора", QUALITY[request.quality],
        "Начин на получаване на резултата", CHANNEL[request.channel], "Декларирам, че посочените данни са верни."])


def files(request, *, generation=2023, form="hex", layout="plain", other=None, password=None, tag="zayavlenie"):
    """The attachments of one application. `form`: how the Info strings are written. `layout`: how the file is built. `other`: the Info of an earlier revision."""
    tree = tree_2023(request) if generation == 2023 else tree_2022(request)
    name = f"{request.number}-{request.rnu}-ZVLN.pdf"
    document = pdf.Document()
    document.browser_text(page_text(request))
    string = {"hex": pdf.utf16_hex, "literal": pdf.utf16_literal, "utf8": pdf.utf8_literal}[form]
    info = {"Creator": b"Chromium", "Producer": b"Skia/PDF m100"}
    if layout == "three-files":
        raw = submission(request)
        return [File(tag + ".pdf", name, document.bytes_plain(info)), File(tag + ".json", name[:-4] + ".json", json.dumps(raw, ensure_ascii=False, indent=2).encode()),
                File(tag + ".xml", name[:-4] + ".xml", three_file_xml(raw).encode())]
    if generation == 2023:
        strings = {"json_json": compact(json_of([tree])), "json_submission": compact(submission(request)), "json_xml": xml_document(tree)}
    else:
        strings = {"json_xml": xml_document(tree), "json_json": compact(submission(request))}
    data = {**info, **{f"application.{k}": string(v) for k, v in strings.items()}}
    if layout == "packed":
        content = document.bytes_packed(data)
    elif layout == "updated":
        earlier = {**info, "application.json_xml": string(xml_document(tree_2023(other)))} if other else info
        content = document.bytes_updated(earlier, data)
    elif layout in ("signed", "changed"):
        content = document.bytes_signed(data, SIGNER, "D:20260703081240Z")
        if layout == "changed":
            content = pdf.later_info(content, {**info, "application.json_xml": string(xml_document(tree_2023(other)))})
    else:
        content = document.bytes_plain(data, password)
    return [File(tag + ".pdf", name, content)]


SIGNER = {"CN": "Проба Тестова Подписова", "serialNumber": "PNOBG-0001010003"}


def three_file_xml(raw):
    def node(name, value):
        if isinstance(value, dict):
            return (name, [node(k, v) for k, v in value.items()])
        return (name, str(value).lower() if isinstance(value, bool) else str(value))
    return "<?xml version='1.0' encoding='UTF-8'?>\n" + xml(("document", [node("data", raw["data"])]))


def subject(request):
    """The platform cuts at 255 characters: the first 252 and three dots."""
    full = f"{request.rnu}-{request.number}-{request.name}"
    return full if len(full) < 255 else full[:252] + "..."


def sent_before(sent):
    """When the form was filled in: two minutes before ССЕВ took it, in UTC as the platform writes it (all such samples are of summer time)."""
    moment = datetime.datetime.fromisoformat(sent) - datetime.timedelta(hours=3, minutes=2, seconds=8)
    return moment.isoformat(timespec="milliseconds") + "Z"


def application(path, unit, sent, author, number, name, expect, *, extra=(), mailbox=None, title=None, more=None, build=None, rnu=None, **request):
    """A whole message of the e-forms platform."""
    request.setdefault("time", sent_before(sent))
    filled = Request(rnu or uuid_of("service " + path), number, name, unit, author, **request)
    attached = files(filled, **(build or {})) + list(extra)
    return Message(path, mailbox or unit, sent, filled.company or author, title or subject(filled), "", attached, expect, **(more or {}))
