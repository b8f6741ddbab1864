import Changes
import Terminal
import Text

extension ChangeOutcome {
  /// `420`, or `at least 420` if the store failed in the middle.
  var changedText: String { (isAtLeast ? "at least " : "") + changed.grouped }

  /// `1 key`, or `at least 2,100 keys`.
  func changedText(_ noun: String, plural: String? = nil) -> String {
    (isAtLeast ? "at least " : "") + changed.counted(noun, plural: plural)
  }
}
