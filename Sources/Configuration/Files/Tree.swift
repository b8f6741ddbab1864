/// A part of a configuration file, with the place where it stands.
struct Tree: Equatable {
  var place: Place
  var content: Content

  enum Content: Equatable {
    case null
    case scalar(String)
    case sequence([Tree])
    case mapping([Member])
  }

  struct Member: Equatable {
    var key: String
    var keyPlace: Place
    var value: Tree
  }

  /// What stands here, in the words of a message.
  var kindName: String {
    switch content {
    case .null: "nothing"
    case .scalar: "a single value"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  /// The text of a scalar; nil for everything else.
  var text: String? { if case .scalar(let text) = content { text } else { nil } }

  /// The members of a mapping in the order of the file; empty for everything else.
  var members: [Member] { if case .mapping(let members) = content { members } else { [] } }

  /// The elements of a list. A single value is a list of one; everything else is empty.
  var elements: [Tree] {
    switch content {
    case .scalar: [self]
    case .sequence(let trees): trees
    case .null, .mapping: []
    }
  }

  var isMappingOrNull: Bool {
    switch content {
    case .null, .mapping: true
    case .scalar, .sequence: false
    }
  }

  /// This tree, with values that it does not give taken from `lower`, each with its own place.
  ///
  /// A list and a cache's entry are one value each: one half of each would make no sense.
  func merged(over lower: Tree, path: [String] = []) -> Tree {
    guard case .mapping(let upperMembers) = content, case .mapping(let lowerMembers) = lower.content,
      !(path.count == 2 && path[0] == FileKeys.keys.caches.name)
    else { return content == .null ? lower : self }
    var members = upperMembers
    for lowerMember in lowerMembers {
      if let index = members.firstIndex(where: { $0.key == lowerMember.key }) {
        members[index].value = members[index].value.merged(over: lowerMember.value, path: path + [lowerMember.key])
      } else {
        members.append(lowerMember)
      }
    }
    return Tree(place: place, content: .mapping(members))
  }
}
