import Model
import Rules

extension SettingsReader {
  func mailboxes(_ root: SettingsBlock) -> [MailboxSettings] {
    let blocks = root.blocks("mailbox")
    if blocks.isEmpty {
      diagnostics.report(
        .missingSetting, at: root.head, "no mailbox is declared", help: "add `mailbox \"1210150561306\" { … }` for each profile to serve")
    }
    var seen: [String: Int] = [:]
    var credentials: [String: String] = [:]
    return blocks.compactMap { name, block in
      if let line = seen[name.value] {
        diagnostics.report(
          .repeatedSetting, at: name.span, "mailbox \"\(name.value)\" is already declared in line \(line)", help: "keep one")
      }
      seen[name.value] = name.span.line
      let mailbox = mailbox(name, block)
      if let mailbox {
        let credential = mailbox.credential.oid + "/" + mailbox.credential.clientId
        if let other = credentials[credential] {
          diagnostics.report(
            .repeatedSetting, at: name.span, "mailbox \"\(mailbox.recipient)\" has the credential of mailbox \"\(other)\"",
            help: "one pair of OID and CN opens exactly one mailbox: give each its own")
        }
        credentials[credential] = mailbox.recipient
      }
      return mailbox
    }
  }

  private func mailbox(_ recipient: Located<String>, _ block: SettingsBlock) -> MailboxSettings? {
    let isIdentifier = [9, 13].contains(recipient.value.utf8.count) && recipient.value.utf8.allSatisfy { (0x30...0x39).contains($0) }
    if !isIdentifier {
      diagnostics.report(
        .wrongValue, at: recipient.span, "`\(recipient.value)` is not the identifier of a profile",
        help: "9 or 13 digits: `mailbox \"1210150561306\" {`")
    }
    let name = block.text("name", required: true)?.value
    let serveFrom = block.time("serve from", required: true)?.value
    let mode = block.word("mode", of: MailboxSettings.Mode.allCases.map(\.rawValue)).flatMap { MailboxSettings.Mode(rawValue: $0.value) }
    let opened = block.word("opened by a person", of: ["wait", "register"])?.value == "register"
    let credential = block.block("credential", required: true).flatMap(credential)
    block.finish()
    guard isIdentifier, let name, let serveFrom, let credential else { return nil }
    return MailboxSettings(
      recipient: recipient.value, name: name, serveFrom: serveFrom, mode: mode ?? .active, registersOpenedByPerson: opened,
      credential: credential)
  }

  private func credential(_ block: SettingsBlock) -> CredentialSettings? {
    let oid = block.text("oid", required: true)
    let clientId = block.text("cn", required: true)
    for text in [oid, clientId].compactMap({ $0 }) where text.value.isEmpty || text.value.contains(where: { "|/:\r\n".contains($0) }) {
      diagnostics.report(
        .wrongValue, at: text.span, "`\(text.value)` cannot stand in the header of ССЕВ", help: "no `|`, `/`, `:` or line end")
    }
    let isGateway = ["token", "scope", "certificate", "key"].contains(where: block.has)
    var gateway: CredentialSettings.Gateway?
    if isGateway {
      let token = address(block, "token", required: true)
      let scope = block.text("scope", required: true)?.value
      let certificate = credentialPath(block.text("certificate", required: true))
      let key = credentialPath(block.text("key", required: true))
      if let token, let scope, let certificate, let key {
        gateway = .init(token: token, scope: scope, certificate: certificate, key: key)
      }
    }
    block.finish()
    guard let oid, let clientId else { return nil }
    return CredentialSettings(oid: oid.value, clientId: clientId.value, gateway: gateway)
  }
}
