import Glibc
import Support
import Testing

@Suite("Starting")
struct StartupTests {
  @Test("loads no client library of a store before it is needed")
  func lateLibraries() throws {
    // The loader itself answers, and ends before the program begins. Source: ld.so(8)
    let run = try Binary.run(["--version"], environment: ["LD_TRACE_LOADED_OBJECTS": "1"])
    #expect(run.output.contains("libc.so"))
    for library in ["libpq", "librdkafka", "libssl", "libldap"] {
      #expect(!run.output.contains(library), "\(library) is loaded at every start")
    }
  }

  @Test("without a client library still gives help, and says which package has it when it is needed")
  func missingLibrary() throws {
    var template = Array("/tmp/usher-startup-XXXXXX".utf8CString)
    let directory = try #require(mkdtemp(&template).map { String(cString: $0) })
    let library = "\(directory)/libpq.so.5"
    if let file = fopen(library, "w") { fclose(file) }
    defer {
      unlink(library)
      rmdir(directory)
    }
    let environment = ["LD_LIBRARY_PATH": directory]
    #expect(try Binary.run(["cache", "--help"], environment: environment).status == 0)
    let run = try Binary.run(["version"], environment: environment)
    #expect(run.status == 69)
    #expect(run.errors.hasPrefix("usher: cannot load libpq.so.5\n  cause: "))
    #expect(run.errors.hasSuffix("\n  hint: apt-get install libpq5\n"))
  }
}
