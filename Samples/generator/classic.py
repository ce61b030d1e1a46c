"""Classic XML e-documents of the register of information objects (http://ereg.egov.bg/)."""

from .eform import escape

SEGMENT = "http://ereg.egov.bg/segment/"


class Classic:
    """One document; `slashes` 2 is the published misspelling of some namespaces."""

    def __init__(self, segment, root, number, name, person, *, unit="Агенция за социално подпомагане", eik="121015056", type="0006-000121", case=None,
                 data=(), declaration=None, footer_first=False, slashes=1, email="proba@example.bg", attachment=None):
        self.__dict__.update(locals())

    def element(self, name, space, content=""):
        if space is None:
            return f"<{name}>{content}</{name}>"
        return f'<{name} xmlns="{SEGMENT}{space}">{content}</{name}>'

    def header(self):
        e = self.element
        first, middle, last = self.person.names
        if not last:
            middle, last = "", middle
        names = "".join(e(k, "0009-000005", escape(v.upper())) for k, v in (("First", first), ("Middle", middle), ("Last", last)) if v)
        who = e("Person", "0009-000012", e("Names", "0009-000008", names) + e("Identifier", "0009-000008", e("EGN", "0009-000006", self.person.identifier)))
        receiver = e("Person", "0009-000015", e("Names", "0009-000008", names) + e("Identifier", "0009-000008", e("EGN", "0009-000006", self.person.identifier)))
        group = e("RecipientGroup", "0009-000016", e("Author", None, e("AuthorQualityType", "0009-000012", "R-1001") + who) + e("Recipient", None, receiver))
        index = e("RegisterIndex", "0009-000022", "10") + e("BatchNumber", "0009-000022", self.segment.removeprefix("R-"))
        provider = e("EntityBasicData", "0009-000002", e("Name", "0009-000013", escape(self.unit)) + e("Identifier", "0009-000013", self.eik))
        provider += e("ElectronicServiceProviderType", "0009-000002", "0006-000031")
        parts = [e("SUNAUServiceURI", "0009-000152", self.number), e("DocumentTypeURI", "0009-000152", index), e("DocumentTypeName", "0009-000152", escape(self.name)),
                 e("ElectronicServiceProviderBasicData", "0009-000152", provider),
                 e("ElectronicServiceApplicant", "0009-000152", group + e("EmailAddress", "0009-000016", self.email)),
                 e("ApplicationType", "0009-000152", self.type), e("SUNAUServiceName", "0009-000152", escape(self.name))]
        if self.case:
            index, sequence, date = self.case
            parts.append(e("DocumentURI", "0009-000152", e("RegisterIndex", "0009-000001", index) + e("SequenceNumber", "0009-000001", sequence) + e("ReceiptOrSigningDate", "0009-000001", date)))
        return e("ElectronicAdministrativeServiceHeader", None, "".join(parts))

    def footer(self):
        e = self.element
        return e("ElectronicAdministrativeServiceFooter", None, e("ApplicationSigningTime", "0009-000153", "2026-07-14T10:00:00+03:00") + e("XMLDigitalSignature", "0009-000153"))

    def text(self, encoding="utf-8", declaration=True):
        e = self.element
        space = self.segment if self.slashes == 1 else "/" + self.segment
        body = e(self.root + "Data", None, "".join(e(k, space, escape(v)) for k, v in self.data))
        body += e("ServiceTermType", None, "0006-000083") + e("ServiceApplicantReceiptData", None, e("ServiceResultReceiptMethod", "0009-000141", "0006-000076"))
        if self.declaration:
            text = e("IsDeclarationFilled", "/R-3136", "true") + e("DeclarationName", "/R-3136", escape(f"<p>{self.declaration}</p>")) + e("DeclarationCode", "/R-3136", "DECL_1")
            body += e("Declarations", None, e("Declaration", None, text))
        if self.attachment:
            name, data = self.attachment
            fields = (("AttachedDocumentFileContent", data), ("AttachedDocumentDescription", "Приложение"), ("FileType", "text/plain"), ("AttachedDocumentFileName", name))
            body += e("AttachedDocuments", None, e("AttachedDocument", None, "".join(e(k, "0009-000139", v) for k, v in fields)))
        inside = self.header() + (self.footer() + body if self.footer_first else body + self.footer())
        start = f'<?xml version="1.0" encoding="{encoding}"?>\n' if declaration else ""
        return start + f'<{self.root} xmlns="{SEGMENT}{space}">{inside}</{self.root}>\n'

    def bytes(self, encoding="utf-8", declaration=True):
        return self.text(encoding, declaration).encode(encoding)
