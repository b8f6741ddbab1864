// Measures the parser on usher's own specification; parse-words.py compiles it and prints what it says.
//
// usage: parse-words WORDS...     prints the quickest parse of the words, in microseconds

import Arguments
import Glibc
import UsherCommands

/// Seconds of a clock that never goes back.
func seconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

let words = CommandLine.arguments.dropFirst().map { Array($0.utf8) }
let parser = Parser(Catalog.root)
guard case .run = parser.parse(words) else { fatalError("these words are refused") }

var best = Double.infinity
for _ in 0..<200 {
  let start = seconds()
  for _ in 0..<100 {
    guard case .run = parser.parse(words) else { fatalError("these words are refused now") }
  }
  best = min(best, (seconds() - start) / 100)
}
print(best * 1e6)
