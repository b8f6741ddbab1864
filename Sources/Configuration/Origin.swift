/// Where a value comes from.
public enum Origin: Hashable, Sendable, CustomStringConvertible {
  /// An option of the command line: `--redis`.
  case option(String)
  /// Environment variables; several for those of libpq.
  case variables([String])
  /// A place in a configuration file. `context` is the context that the value belongs to.
  case file(Place, context: String? = nil)
  /// The default of a queue with this preset.
  case preset(String)
  /// A connection service of libpq, or libpq's default for what the service does not name.
  case service(String)
  /// libpq's default.
  case libpq
  /// The sandbox in this directory.
  case sandbox(directory: String)

  public var description: String {
    switch self {
    case .option(let name): name
    case .variables(let names): names.joined(separator: ", ")
    case .file(let place, let context?): "\(place) (context \(context))"
    case .file(let place, nil): place.description
    case .preset(let name): "preset \(name)"
    case .service(let name): "service \(name), else libpq's default"
    case .libpq: "libpq's default"
    case .sandbox(let directory): "sandbox at \(directory)"
    }
  }
}

/// A value and where it comes from.
public struct Sourced<Value: Sendable>: Sendable {
  public let value: Value
  public let origin: Origin

  public init(_ value: Value, _ origin: Origin) {
    self.value = value
    self.origin = origin
  }
}

extension Sourced: Equatable where Value: Equatable {}
