import Arguments
import Glibc
import UsherCommands

/// What is fuzzed in this process; `Fuzzing/run` says which by the variable FUZZ.
enum Target: String, CaseIterable {
  /// Lists of words, on usher's own specification.
  case usher
  /// Lists of words, on a specification that uses every feature.
  case sample
  /// A word, on each kind of value.
  case values
  /// Texts in help, tables and quotes.
  case texts

  static let chosen = variable("FUZZ").flatMap(Target.init(rawValue:)) ?? .sample
  private static let usherLine = CommandLineCheck(Catalog.root)
  private static let sampleLine = CommandLineCheck(Sample.root)

  func run(_ input: [UInt8]) {
    switch self {
    case .usher: Target.usherLine.run(input)
    case .sample: Target.sampleLine.run(input)
    case .values: ValueCheck.run(input)
    case .texts: TextCheck.run(input)
    }
  }

}

/// The variable's value; nothing where it is unset.
private func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

private let shows = variable("FUZZ_SHOW") != nil

/// Prints the input before it is tried, where FUZZ_SHOW asks for it: to read what libFuzzer found.
func show(_ input: @autoclosure () -> String) {
  guard shows else { return }
  let line = input() + "\n"
  _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
}

/// Called by libFuzzer with each input. Source: LLVM documentation, libFuzzer, fuzz target.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  Target.chosen.run(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

/// Ends the process, which libFuzzer takes for a finding, when a promise was broken.
func expect(_ broken: String?) {
  if let broken { fatalError(broken) }
}
