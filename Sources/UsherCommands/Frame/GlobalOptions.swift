import Arguments

/// The options that every command accepts, before or after its name.
public enum GlobalOptions {
  static let context = Option(
    "context", .text.completing(.contexts), placeholder: "NAME", help: "Use this context of the config file",
    environment: "USHER_CONTEXT")
  static let config = Option(
    "config", .path, placeholder: "FILE", help: "Read only this config file", environment: "USHER_CONFIG")
  // These are secrets, because they may contain a password although they should not.
  static let postgres = Option(
    "postgres", .text, placeholder: "CONNINFO", help: "Connect to this PostgreSQL; put the password into .pgpass",
    isSecret: true)
  static let redis = Option(
    "redis", .text, placeholder: "URL",
    help: "Connect to this Redis; put the password into USHER_REDIS or the config file",
    isSecret: true)
  static let kafka = Option(
    "kafka", .text, placeholder: "BROKERS", help: "Connect to these Kafka brokers: host:port, separated by commas",
    isSecret: true)
  static let output = DefaultedOption(
    "output", .choice(["table", "json", "jsonl", "csv"]), default: "table", short: "o", placeholder: "FORMAT",
    help: "Print results in this format")
  static let color = DefaultedOption(
    "color", .choice(["auto", "always", "never"]), default: "auto", placeholder: "WHEN", help: "Colour the output")
  static let quiet = Toggle("quiet", short: "q", help: "Print nothing on success except requested data")
  static let verbose = Counter("verbose", short: "v", help: "Print each step on standard error")

  static let all: [any OptionDeclaration] = [
    context, config, postgres, redis, kafka, output, color, quiet, verbose,
  ]
}
