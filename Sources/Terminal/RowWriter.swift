/// Writes records a row at a time in the format that was asked for, in flat memory.
///
/// Call `finish()` at the end, also when there was no row: a table then has its headings, JSON its brackets. The stream
/// is not flushed.
public struct RowWriter<Row> {
  @usableFromInline let fields: [Field<Row>]
  @usableFromInline var records: RecordWriter

  public init(_ fields: [Field<Row>], format: OutputFormat, to stream: OutputStream) {
    self.fields = format == .table ? fields.filter { !$0.isWide } : fields
    records = RecordWriter(
      names: self.fields.map(\.name), columns: self.fields.map(\.column), format: format, stream: stream)
  }

  // Inlined where the type of the row is known: looking it up for every field takes longer than writing the field.
  @inlinable
  public mutating func write(_ row: Row) throws(OutputError) {
    records.beginRow()
    for index in 0..<fields.count {
      records.add(fields[index].value(row), fields[index].style?(row), at: index)
    }
    try records.endRow()
  }

  public mutating func finish() throws(OutputError) { try records.finish() }
}
