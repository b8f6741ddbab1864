import Configuration
import Sandbox

/// The connections of the sandbox in the default directory, if at least one of its servers is running.
enum RunningSandbox {
  static func endpoints(_ environment: [String: String]) -> SandboxEndpoints? {
    SandboxRecord.present(in: Session.sandboxDirectory(environment)).map { record in
      SandboxEndpoints(
        directory: record.directory, postgres: record.postgres, redis: record.redis, kafka: record.kafka,
        configPath: record.configPath)
    }
  }
}
