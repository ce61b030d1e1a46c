/// The version of the program, as `version` prints it and as it stands in the record as actor (`system:intake-robot@0.1.0`).
package enum RobotVersion {
  package static let text = "0.1.0"
  /// Who did it, when no person did (ЗЕУ чл. 52б, ал. 1, т. 6: officer *or information system*).
  package static let actor = "system:intake-robot@\(text)"
}
