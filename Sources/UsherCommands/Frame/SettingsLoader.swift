import Arguments
import Configuration
import Failures
import Outbox

/// Reads the settings of one invocation from its options, environment, files and the running sandbox.
enum SettingsLoader {
  static func load(values: ParsedValues, environment: [String: String]) throws -> Configuration {
    try refuseSecret(in: values[GlobalOptions.postgres], .postgres)
    try refuseSecret(in: values[GlobalOptions.redis], .redis)
    try refuseSecret(in: values[GlobalOptions.kafka], .kafka)
    // A path from the variable is passed with the environment, so that `config path` names the right origin.
    let isFlag = values.origin(of: GlobalOptions.config) == .commandLine
    let isContextFlag = values.origin(of: GlobalOptions.context) == .commandLine
    return Configuration.load(
      ConfigurationInput(
        options: .init(
          configPath: isFlag ? values[GlobalOptions.config] : nil,
          context: isContextFlag ? values[GlobalOptions.context] : nil, postgres: values[GlobalOptions.postgres],
          redis: values[GlobalOptions.redis], kafka: values[GlobalOptions.kafka]),
        environment: environment, sandbox: RunningSandbox.endpoints(environment),
        templateMistake: { OutboxTemplate.mistake(in: $0) }))
  }

  /// Refuses a password on the command line, because every user of the machine can read it there.
  private static func refuseSecret(in connection: String?, _ store: StoreKind) throws {
    guard let connection else { return }
    let redacted = Redaction.redacted(connection, store)
    guard redacted != connection else { return }
    let what = redacted == Redaction.mask ? "cannot be parsed and may contain a password" : "contains a password"
    let place = store == .kafka ? "kafka-properties in the config file" : "\(store.variable) or the config file"
    throw Failure(
      .usage, "\(store.option) \(what), which every user of this machine can read in the process list",
      hints: [
        "put \(store == .kafka ? "user and password" : "the address") into \(place), and change the password, because others may have seen it"
      ])
  }
}
