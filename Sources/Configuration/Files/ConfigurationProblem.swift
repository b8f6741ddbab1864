/// One thing that is wrong in a configuration file.
public struct ConfigurationProblem: Hashable, Sendable, CustomStringConvertible {
  /// Nil where the whole file is meant.
  public let place: Place?
  /// What is wrong, with a suggestion where there is one. Never holds a connection string.
  public let message: String

  public var description: String { place.map { "\($0): \(message)" } ?? message }
}

/// The problems found so far, shared by the readers of one file's sections.
final class ProblemList {
  private var problems: [ConfigurationProblem] = []
  private var known: Set<ConfigurationProblem> = []

  /// Adds a problem, once.
  func add(_ message: String, at place: Place?) {
    let problem = ConfigurationProblem(place: place, message: message)
    if known.insert(problem).inserted { problems.append(problem) }
  }

  /// In the order of the files and of their lines. Problems without a place come first.
  func sorted(byFiles files: [String]) -> [ConfigurationProblem] {
    func rank(_ problem: ConfigurationProblem) -> (Int, Int, Int) {
      guard let place = problem.place else { return (-1, 0, 0) }
      return (files.firstIndex(of: place.file) ?? files.count, place.line, place.column)
    }
    return problems.sorted { rank($0) < rank($1) }
  }
}
