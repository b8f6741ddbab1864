import CLibpq

/// Parameters in the layout of libpq: one allocation for all texts, each with a terminator.
struct ParameterBlock {
  private var storage: [CChar] = []
  private var offsets: [Int?] = []
  private var types: [Oid] = []
  private var lengths: [Int32] = []
  private var formats: [Int32] = []

  var count: Int { offsets.count }

  /// Throws for a text with a NUL character, at which libpq would silently end the text.
  init(_ parameters: [PostgresValue?], target: String) throws(PostgresError) {
    storage.reserveCapacity(parameters.reduce(0) { $0 + ($1?.content.count ?? 0) + 1 })
    for (index, parameter) in parameters.enumerated() {
      if let parameter, !parameter.isBinary, parameter.content.contains(0) {
        throw PostgresError(
          .statement, "parameter $\(index + 1) contains a NUL character, which PostgreSQL cannot store in text",
          sqlState: "22021", target: target)
      }
      types.append(parameter?.type?.oid ?? 0)
      lengths.append(Int32(parameter?.content.count ?? 0))
      formats.append(parameter?.isBinary == true ? 1 : 0)
      offsets.append(parameter == nil ? nil : storage.count)
      storage.append(contentsOf: (parameter?.content ?? []).lazy.map { CChar(bitPattern: $0) })
      storage.append(0)
    }
  }

  /// The pointers are valid during the call; libpq copies what it sends.
  func withPointers<T>(
    _ body: (
      UnsafePointer<Oid>, UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<Int32>, UnsafePointer<Int32>
    ) -> T
  ) -> T {
    storage.withUnsafeBufferPointer { bytes in
      let values = offsets.map { offset in offset.flatMap { bytes.baseAddress?.advanced(by: $0) } }
      return body(types, values, lengths, formats)
    }
  }
}
