import FoundationEssentials
import Model
import Robot
import Rules

/// The files of a world: `robot.conf` as an administration would write it, and rules small enough to be compiled in no time.
enum WorldFiles {
  static let mailboxes = ["1210150561306", "1210150561400", "1210150561501", "1210150561602"]

  /// Written once for all worlds.
  static func rules(in folder: String) throws -> RulesetShelf {
    try write(types, to: "\(folder)/types.csv")
    try write(units, to: "\(folder)/units.csv")
    try write(ruleset, to: "\(folder)/small.rules")
    let loading = try RulesetShelf.load(["\(folder)/small.rules"])
    guard let shelf = loading.shelf else {
      throw LifeSimulationError("the rules of the simulation: " + loading.diagnostics.map(\.rendered).joined(separator: "\n"))
    }
    return shelf
  }

  static func configuration(in folder: String, rules: String, simulator: [(identifier: String, oid: String, cn: String)]) throws -> RobotConfiguration
  {
    let blocks = simulator.map { mailbox in
      """
      mailbox "\(mailbox.identifier)" {
        name "Поделение \(mailbox.identifier)"
        serve from 2026-07-01T00:00:00+03:00
        credential {
          oid "\(mailbox.oid)"
          cn "\(mailbox.cn)"
        }
      }
      """
    }
    let text = """
      environment test
      administration "Агенция за социално подпомагане"
      database "\(folder)/registry.db"
      archive "\(folder)/archive"
      mirror "\(folder)/journals.mirror"
      statements "\(folder)/statements"
      rules "\(rules)"
      poll every 180 s
      poll overlap 2 minutes
      retry patience 2 days
      free space 0 MB
      ssev {
        api "http://127.0.0.1:9"
        timeout 60 s
        page size 20
      }
      replies {
        per sender and hour 1000
      }
      \(blocks.joined(separator: "\n"))

      """
    let path = "\(folder)/robot.conf"
    try write(text, to: path)
    let result = try ConfigurationFile.load(path, environment: [:], programs: "/usr/bin")
    guard let configuration = result.configuration else {
      throw LifeSimulationError("the configuration of the simulation: " + result.diagnostics.map(\.rendered).joined(separator: "\n"))
    }
    return configuration
  }

  private static func write(_ text: String, to path: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }

  private static let types = """
    code,name_bg,class,system,confirmation,urgent
    zapit,"Запитване, искане за информация",question,документооборот,да,не
    avtomatichno,Автоматичен отговор,auto,документооборот,не,не

    """

  private static let units =
    "identifier,name,kind,index,index_basis,phone,oblast,municipalities\n"
    + mailboxes.enumerated().map { "\($1),Поделение \($1),ДСП,\($0 + 1)0,,,,\n" }.joined()

  private static let ruleset = """
    ruleset "Проба" {
      version   "1"
      effective 2026-01-01
      types     "types.csv"
      units     "units.csv"
      stages    "машини"
    }
    journal "Писма" {
      title   "Писма"
      system  "документооборот"
      numbers by robot
      counter per unit and year, starts at 1
      number  "П/{unit.index}/{seq}/{date:dd.MM.yyyy}"
    }
    rule "машина" in "машини" {
      when subject starts with "автоматичен отговор"
      then { not registered "avtomatichno" }
    }
    otherwise {
      journal "Писма"
      type    "zapit"
    }

    """
}
