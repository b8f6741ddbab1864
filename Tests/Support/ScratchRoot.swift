import Glibc

/// Where the servers of the tests keep their files: in memory where there is room for that, because each test copies a database.
public let scratchRoot: String = {
  var memory = statvfs()
  let enough: UInt64 = 6 << 30
  let hasRoom = statvfs("/dev/shm", &memory) == 0 && UInt64(memory.f_bavail) * UInt64(memory.f_frsize) > enough
  return hasRoom && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
}()
