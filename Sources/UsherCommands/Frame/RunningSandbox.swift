import Configuration

/// The sandbox that is running in the default directory, as the settings see it.
enum RunningSandbox {
  static func endpoints(_ environment: [String: String]) -> SandboxEndpoints? { nil }
}
