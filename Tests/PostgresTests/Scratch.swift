import Glibc
import Postgres
import Support

/// The database that the tests of this target share; `extra` keywords override its own.
func scratchServer(_ extra: String = "") throws -> PostgresTarget {
  PostgresTarget(try scratchDatabase.get().conninfo + " " + extra)
}

let scratchDatabase = Result { try TestDatabase.make() }

/// Resident memory of this process in bytes.
func residentMemory() -> Int {
  guard let file = fopen("/proc/self/statm", "r") else { return 0 }
  defer { fclose(file) }
  var total = 0
  var resident = 0
  withUnsafeMutablePointer(to: &total) { first in
    withUnsafeMutablePointer(to: &resident) { second in
      _ = withVaList([first, second]) { vfscanf(file, "%ld %ld", $0) }
    }
  }
  return resident * Int(getpagesize())
}
