import Configuration
import Sandbox

/// The sandbox that is running in the default directory, whole or in part, as the settings see it.
enum RunningSandbox {
  static func endpoints(_ environment: [String: String]) -> SandboxEndpoints? {
    SandboxRecord.present(in: Session.sandboxDirectory(environment)).map { record in
      SandboxEndpoints(
        directory: record.directory, postgres: record.postgres, redis: record.redis, kafka: record.kafka,
        configPath: record.configPath)
    }
  }
}
