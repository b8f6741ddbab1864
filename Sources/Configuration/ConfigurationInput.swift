/// Everything that decides which stores usher connects to. The caller supplies it; nothing here reads the environment.
public struct ConfigurationInput: Sendable {
  /// What the options of the command line say.
  public struct Options: Sendable {
    /// `--config`, `--context`, `--postgres`, `--redis`, `--kafka`.
    public var configPath, context, postgres, redis, kafka: String?

    public init(
      configPath: String? = nil, context: String? = nil, postgres: String? = nil, redis: String? = nil,
      kafka: String? = nil
    ) {
      self.configPath = configPath
      self.context = context
      self.postgres = postgres
      self.redis = redis
      self.kafka = kafka
    }
  }

  public var options: Options
  /// The variables of the process. An empty variable counts as not set.
  public var environment: [String: String]
  /// The running sandbox; nil without one.
  public var sandbox: SandboxEndpoints?
  public var systemPath: String
  public var read: FileReading
  /// What is wrong with a text as a template of the outbox, and how to correct it; nil for a valid template.
  public var templateMistake: @Sendable (String) -> String?

  public init(
    options: Options = Options(), environment: [String: String] = [:], sandbox: SandboxEndpoints? = nil,
    systemPath: String = "/etc/usher/config.yaml", read: @escaping FileReading = Files.read,
    templateMistake: @escaping @Sendable (String) -> String? = { _ in nil }
  ) {
    self.options = options
    self.environment = environment
    self.sandbox = sandbox
    self.systemPath = systemPath
    self.templateMistake = templateMistake
    self.read = read
  }

  /// The value of a variable; nil if it is not set or empty.
  func variable(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// Where a running sandbox can be reached.
public struct SandboxEndpoints: Equatable, Sendable {
  public var directory: String
  public var postgres, redis, kafka: String?
  /// The configuration file that describes the sandbox's queues, caches and outbox.
  public var configPath: String?

  public init(
    directory: String, postgres: String? = nil, redis: String? = nil, kafka: String? = nil, configPath: String? = nil
  ) {
    self.directory = directory
    self.postgres = postgres
    self.redis = redis
    self.kafka = kafka
    self.configPath = configPath
  }
}

/// A store to which a connection is configured. The raw value is its key in a context.
public enum StoreKind: String, CaseIterable, Sendable {
  case postgres, redis, kafka

  /// The name of the product, for messages.
  public var title: String {
    switch self {
    case .postgres: "PostgreSQL"
    case .redis: "Redis"
    case .kafka: "Kafka"
    }
  }

  /// The option that sets the connection.
  public var option: String { "--\(rawValue)" }
  /// The environment variable of usher that sets the connection.
  public var variable: String { "USHER_\(rawValue.uppercased())" }
}
