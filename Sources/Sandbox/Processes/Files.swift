import Failures
import Glibc

/// What the system said of the last call that failed.
func lastSystemError() -> String { String(cString: strerror(errno)) }

/// Everything up to the end of a descriptor; what was read before an error is kept.
func readToEnd(_ descriptor: Int32) -> [UInt8] {
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = read(descriptor, &buffer, buffer.count)
    if count > 0 {
      bytes += buffer[..<count]
    } else if count == 0 || errno != EINTR {
      return bytes
    }
  }
}

/// A file's bytes.
func readFile(_ path: String) throws(Failure) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw Failure(.noInput, "cannot read \(path)", causes: [lastSystemError()]) }
  defer { close(descriptor) }
  return readToEnd(descriptor)
}

/// Replaces a file in one step: a reader sees the old text or the new one, and a full disk leaves the old one.
func writeFile(_ path: String, _ text: String, mode: mode_t = 0o644) throws(Failure) {
  let temporary = "\(path).new"
  let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
  guard descriptor >= 0 else { throw Failure(.cannotCreate, "cannot write \(path)", causes: [lastSystemError()]) }
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    guard count >= 0 else {
      let cause = lastSystemError()
      close(descriptor)
      unlink(temporary)
      throw Failure(.cannotCreate, "cannot write \(path)", causes: [cause])
    }
    rest = rest.dropFirst(count)
  }
  close(descriptor)
  guard rename(temporary, path) == 0 else {
    let cause = lastSystemError()
    unlink(temporary)
    throw Failure(.cannotCreate, "cannot write \(path)", causes: [cause])
  }
}

/// The names in a directory, without the two dots; none where it can't be read.
func entries(of directory: String) -> [String] {
  guard let stream = opendir(directory) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names
}

/// Makes a directory and those above it that are missing, with this mode for each.
func makeDirectories(_ path: String, mode: mode_t) throws(Failure) {
  if mkdir(path, mode) == 0 {
    chmod(path, mode)  // the umask must not close the servers' user out
    return
  }
  let cause = errno
  switch cause {
  case EEXIST where isDirectory(path): return
  case ENOENT:
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { break }
    try makeDirectories(String(path[..<slash]), mode: mode)
    if mkdir(path, mode) == 0 || errno == EEXIST {
      chmod(path, mode)
      return
    }
  default: break
  }
  throw Failure(.cannotCreate, "cannot create the directory \(path)", causes: [String(cString: strerror(cause))])
}

func isDirectory(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// Removes a file, or a directory with all that is in it, never following a symbolic link. True when nothing is left.
@discardableResult
func removeTree(_ path: String) -> Bool {
  var status = stat()
  guard lstat(path, &status) == 0 else { return true }
  if status.st_mode & S_IFMT == S_IFDIR {
    for name in entries(of: path) { removeTree("\(path)/\(name)") }
    return rmdir(path) == 0
  }
  return unlink(path) == 0
}

/// The last lines of a log that say something.
func lastLines(of path: String, _ count: Int = 3) -> [String] {
  guard let bytes = try? readFile(path) else { return [] }
  return String(decoding: bytes.suffix(8_192), as: UTF8.self).split(separator: "\n").suffix(count)
    .map { $0.trimmingBlanks() }.filter { !$0.isEmpty }
}

extension Substring {
  fileprivate func trimmingBlanks() -> String {
    String(drop { $0 == " " || $0 == "\t" })
  }
}
