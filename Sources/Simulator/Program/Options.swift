/// The command line of `ssev-simulator`.
struct Options {
  var configuration = Configuration()
  var portFile: String?
  var wantsHelp = false
  var wantsCredentials = false

  /// A mistake in how the program was called.
  struct UsageError: Error {
    var text: String
  }

  /// Files named on the command line are read here, so that their mistakes are reported together with their option.
  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    while let option = rest.popFirst() {
      let name = option.split(separator: "=", maxSplits: 1).first.map { String($0) } ?? option
      func value() throws(UsageError) -> String {
        if option.count > name.count { return String(option.dropFirst(name.count + 1)) }
        guard let next = rest.popFirst() else { throw UsageError(text: "\(name) needs a value") }
        return next
      }
      func number() throws(UsageError) -> Double {
        let text = try value()
        guard let number = Double(text), number >= 0, number < 1e15 else { throw UsageError(text: "\(name) is \"\(text)\"; a number is expected") }
        return number
      }
      switch name {
      case "--help", "-h": wantsHelp = true
      case "--print-credentials": wantsCredentials = true
      case "--port":
        let text = try value()
        guard let port = UInt16(text) else { throw UsageError(text: "--port is \"\(text)\"; 0 to 65535 is expected") }
        configuration.port = port
      case "--blob-port":
        let text = try value()
        guard let port = UInt16(text) else { throw UsageError(text: "--blob-port is \"\(text)\"; 0 to 65535 is expected") }
        configuration.blobPort = port
      case "--port-file": portFile = try value()
      case "--messages": configuration.messageFolders.append(try value())
      case "--profiles": configuration.profiles += try Profile.list(file: try value())
      case "--template": configuration.templates.append(try Files.json(try value()))
      case "--log": configuration.logFile = try value()
      case "--seed": configuration.seed = UInt64(try number())
      case "--fault": configuration.faults.append(try Fault(try value()))
      case "--clock-start":
        let text = try value()
        guard let instant = Instant(text) else {
          throw UsageError(text: "--clock-start is \"\(text)\"; a time such as 2026-07-03T10:00:00+03:00 is expected")
        }
        configuration.clockStart = instant
      case "--clock-stands-still": configuration.clockStandsStill = true
      case "--auth":
        let text = try value()
        guard let mode = Configuration.Authentication(rawValue: text) else {
          throw UsageError(text: "--auth is \"\(text)\"; direct, bearer or both is expected")
        }
        configuration.authentication = mode
      case "--tls":
        let files = try value().split(separator: ",").map { String($0) }
        guard files.count == 3 else { throw UsageError(text: "--tls needs CERTIFICATE,KEY,CLIENT-CA: three PEM files") }
        configuration.tls = .init(certificateFile: files[0], keyFile: files[1], clientAuthorityFile: files[2])
      case "--link-lifetime": configuration.linkLifetime = try number()
      case "--token-lifetime": configuration.tokenLifetime = try number()
      case "--link-host": configuration.linkHost = try value()
      case "--horizon": configuration.horizon = try number()
      case "--quota": configuration.storageQuota = Int(try number())
      case "--timestamp-ms": configuration.timestampMilliseconds = Int(try number())
      case "--as-documented": configuration.asDocumented = true
      case "--forwarded-files-work": configuration.forwardedFilesWork = true
      case "--strict-body-reads": configuration.strictBodyReads = true
      default: throw UsageError(text: "unknown option \"\(option)\"")
      }
    }
  }

  static let help = """
    ssev-simulator: a ССЕВ (state e-delivery system) on 127.0.0.1, for tests, demonstrations and acceptance.

    usage: ssev-simulator [options]

      --port N              port to listen on; 0 (default) lets the system choose
      --blob-port N         serve uploads and downloads on a port of their own, as the real system does
      --port-file FILE      write the port there once the server listens (and the blob port, on a second line)
      --messages DIR        load every message.json below DIR (may be repeated)
      --profiles FILE       profiles and credentials; default: one mailbox per "mailbox" of the messages,
                            OID 2.16.100.1.1.999.1, .2 … in the order of identifiers, CN intake-IDENTIFIER
      --template FILE       one more template, in the form of GET /templates/{id} (may be repeated)
      --print-credentials   print the mailboxes with OID and CN as JSON, and end
      --log FILE            append every change as a JSON line
      --seed N              seed of everything random; default 1
      --fault SPEC          misbehave; may be repeated, e.g. 503:route=inbox,count=2 or late-commit:answer=cut
      --clock-start TIME    what the simulated clock shows at start; default is the system's clock
      --clock-stands-still  the clock moves only by POST /_simulator/clock
      --auth MODE           direct (Dp-Miscinfo), bearer (POST /token) or both (default)
      --tls CERT,KEY,CA     mTLS: PEM files of the server, and of the authority of client certificates
      --link-lifetime S     seconds a download link lives; default 3600
      --link-host URL       scheme and host of download links; default is this server
      --token-lifetime S    seconds a bearer token lives; default 3600
      --horizon S           late rows and late commits stay within S seconds; default 600
      --quota BYTES         storage quota of a profile; default 1 GiB
      --timestamp-ms N      time the time-stamp authority takes in a first open; default 0
      --as-documented       answer as the official document says where it differs from the code
      --forwarded-files-work, --strict-body-reads    see Deploy/SIMULATOR.md
      --help                this text

    example:
      ssev-simulator --messages Samples --port-file /tmp/port --log /tmp/ssev.jsonl --fault 503:rate=0.05 &
      curl -H 'Dp-Miscinfo: dn:/C=BG/ST=OID:2.16.100.1.1.999.1/CN=intake-1210150561306|representedPersonID:|correspondentOID:|operatorID:' \\
        "http://127.0.0.1:$(cat /tmp/port)/api/v1/messages/inbox?limit=10"

    exit codes: 0 ended by SIGTERM or SIGINT, 1 cannot listen or write, 64 wrong call, 78 wrong messages, profiles or templates

    """
}
