import Arguments

/// The likely meaning of a mistyped word, by the rule that suggestions for options follow; nil where none is near.
func nearest(to word: String, in candidates: [String]) -> String? {
  Suggestions.nearest(to: word, among: candidates.sorted()).first
}
