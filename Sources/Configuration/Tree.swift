/// A piece of a configuration file that remembers where it stands.
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

  /// This tree, with what it doesn't say taken from `lower`: value by value, each with its own place.
  ///
  /// A list and a cache's entry are one value each: half of one and half of another would make no sense.
  func merged(over lower: Tree, path: [String] = []) -> Tree {
    guard case .mapping(let upperMembers) = content, case .mapping(let lowerMembers) = lower.content,
      !(path.count == 2 && path[0] == "caches")
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
