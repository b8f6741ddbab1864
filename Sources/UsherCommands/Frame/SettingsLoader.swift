import Arguments
import Configuration
import Failures
import Outbox

/// Reads the settings of one invocation from its flags, its environment, its files and the running sandbox.
enum SettingsLoader {
  static func load(values: ParsedValues, environment: [String: String]) throws -> Configuration {
    for (key, variable) in [(GlobalOptions.postgres, "USHER_POSTGRES"), (GlobalOptions.redis, "USHER_REDIS")] {
      try refuseSecret(in: values[key], flag: key.details.flag, variable: variable)
    }
    // A path that came by its variable is the environment's, so that `config path` names the right origin.
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

  /// Anybody on the machine can read a command line: a password there is refused, not used.
  private static func refuseSecret(in connection: String?, flag: String, variable: String) throws {
    guard let connection, Redaction.redacted(connection) != connection else { return }
    throw Failure(
      .usage, "\(flag) holds a password, which everybody on this machine can read in the process list",
      hints: ["put the address into \(variable) or the config file; change the password, it has been seen"])
  }
}
