package import Model

extension Registry {
  /// Records which rulesets decide from now on, and who put them in force. `rulesets` names each with version and digest.
  package func recordRulesActivated(_ rulesets: String, actor: String, reason: String) throws(OperatorError) {
    try write(.switches) { transaction in
      try append(
        EventDraft(.rulesActivated, chain: robotChain, at: now, actor: actor, fields: [EventField.rules: rulesets, EventField.reason: reason]),
        transaction)
    }
  }
}
