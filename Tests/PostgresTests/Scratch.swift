import Glibc
import Postgres

/// Where the tests' server is.
func scratchServer(_ extra: String = "") -> PostgresTarget {
  let base =
    getenv("USHER_TEST_POSTGRES").map { String(cString: $0) }
    ?? "host=/tmp/pgx/sock port=54329 user=postgres dbname=scratch"
  return PostgresTarget(base + " " + extra)
}
