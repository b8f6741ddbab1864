import CYaml

/// Gives the events of a YAML text one by one.
///
/// Source: yaml.h of libyaml 0.2.5; YAML 1.1.
public final class YamlParser {
  // libyaml keeps pointers to the parser and to the text, so both stay at one address until `deinit` frees them.
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let text: UnsafeMutableBufferPointer<UInt8>
  private var hasEnded = false

  /// - Parameter bytes: UTF-8. A byte order mark at the start is skipped.
  public init(_ bytes: some Collection<UInt8>) {
    // Skipped here, because libyaml counts the mark as a column.
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let content = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
    text = .allocate(capacity: content.count)
    _ = text.initialize(from: content)
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    precondition(yaml_parser_initialize(parser) == 1, "out of memory")
    // Without this, the first bytes would decide, and bytes that look like UTF-16 would be read as such.
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, text.baseAddress, text.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    text.deallocate()
  }

  /// The next event; nil after the end of the stream.
  public func next() throws(YamlError) -> YamlEvent? {
    guard !hasEnded else { return nil }
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else {
      hasEnded = true
      throw error
    }
    defer { yaml_event_delete(&event) }
    let place = YamlPlace(event.start_mark)
    switch event.type {
    case YAML_STREAM_START_EVENT: return YamlEvent(.streamStart, at: place)
    case YAML_DOCUMENT_START_EVENT: return YamlEvent(.documentStart, at: place)
    case YAML_DOCUMENT_END_EVENT: return YamlEvent(.documentEnd, at: place)
    case YAML_ALIAS_EVENT: return YamlEvent(.alias(Self.text(event.data.alias.anchor) ?? ""), at: place)
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      // By its length, because a scalar may hold NUL.
      let value = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
      return YamlEvent(.scalar(value, isPlain: isPlain), anchor: Self.text(scalar.anchor), at: place)
    case YAML_SEQUENCE_START_EVENT:
      return YamlEvent(.sequenceStart, anchor: Self.text(event.data.sequence_start.anchor), at: place)
    case YAML_SEQUENCE_END_EVENT: return YamlEvent(.sequenceEnd, at: place)
    case YAML_MAPPING_START_EVENT:
      return YamlEvent(.mappingStart, anchor: Self.text(event.data.mapping_start.anchor), at: place)
    case YAML_MAPPING_END_EVENT: return YamlEvent(.mappingEnd, at: place)
    default:
      hasEnded = true
      return YamlEvent(.streamEnd, at: place)
    }
  }

  private var error: YamlError {
    let problem = parser.pointee.problem.map { String(cString: $0) } ?? "out of memory"
    // The reader knows only the byte; the scanner and the parser know the line.
    let isReader = parser.pointee.error == YAML_READER_ERROR
    return YamlError(
      problem, at: isReader ? place(ofByte: parser.pointee.problem_offset) : YamlPlace(parser.pointee.problem_mark))
  }

  private func place(ofByte offset: Int) -> YamlPlace {
    let before = text.prefix(offset)
    let line = before.split(separator: 0x0A, omittingEmptySubsequences: false).last ?? []
    return YamlPlace(
      line: before.count { $0 == 0x0A } + 1, column: String(decoding: line, as: UTF8.self).unicodeScalars.count + 1)
  }

  private static func text(_ pointer: UnsafePointer<UInt8>?) -> String? { pointer.map { String(cString: $0) } }
}

extension YamlPlace {
  fileprivate init(_ mark: yaml_mark_t) { self.init(line: mark.line + 1, column: mark.column + 1) }
}
