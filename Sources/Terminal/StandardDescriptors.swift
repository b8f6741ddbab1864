import Glibc

/// The three descriptors that a process is started with, also where its starter has closed one: `usher … >&-`.
public enum StandardDescriptors {
  /// Opens /dev/null in the place of each that is closed; to be called before anything else is opened.
  ///
  /// Otherwise the next socket would get the number, and what is written to standard output would go to a server. In the place
  /// of standard output it is open for reading alone, so that writing fails as it does where the disk is full; what is said on a
  /// closed standard error is lost, and ends nothing.
  public static func openClosed() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      // The lowest number that is free is this one: those below it are open by now.
      let opened = open("/dev/null", descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY)
      // Without /dev/null there is no safe place to write to, and nobody to tell.
      if opened != descriptor { _exit(74) }
    }
  }
}
