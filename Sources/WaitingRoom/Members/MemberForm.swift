import Redis

/// How a member of the waiting room says whose it is.
public enum MemberForm: Equatable, Sendable {
  /// The member is the token.
  case token
  /// `token:user`. The token goes up to the first colon: services make tokens without one, a user's name may hold any.
  case tokenAndUser
  /// A JSON document with the token, and perhaps the user, at these paths of member names.
  case document(token: [String], user: [String]?)

  /// Whose the member is; nil if it is not of this form.
  public func reading(_ member: [UInt8]) -> MemberReading? {
    switch self {
    case .token: return MemberReading(token: member)
    case .tokenAndUser:
      guard let colon = member.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return nil }
      return MemberReading(token: Array(member[..<colon]), user: Array(member[(colon + 1)...]))
    case .document(let tokenPath, let userPath):
      var reader = JSONMember(member)
      guard let found = reader.texts(at: [tokenPath] + (userPath.map { [$0] } ?? [])), let token = found[0] else {
        return nil
      }
      return MemberReading(token: token, user: userPath == nil ? nil : found[1])
    }
  }

  /// What a member looks like, after `members are`.
  var prose: String {
    switch self {
    case .token: "tokens"
    case .tokenAndUser: "written as token:user"
    case .document(let token, _): "JSON documents with the token at \(token.joined(separator: "."))"
    }
  }

  /// A pattern of MATCH that members of this token match, perhaps beside others; nil if none is known.
  func glob(token: [UInt8]) -> RedisArgument? {
    switch self {
    case .token: RedisArgument(RedisGlob.escaped(token))
    case .tokenAndUser: RedisArgument(RedisGlob.escaped(token) + Array(":*".utf8))
    case .document: Self.documentGlob(token)
    }
  }

  /// The same for members of a user.
  func glob(user: [UInt8]) -> RedisArgument? {
    switch self {
    case .token: nil
    case .tokenAndUser: RedisArgument(Array("*:".utf8) + RedisGlob.escaped(user))
    case .document: Self.documentGlob(user)
    }
  }

  /// A document may write any character as an escape: only what is never escaped can be looked for.
  private static func documentGlob(_ text: [UInt8]) -> RedisArgument? {
    let isPlain = text.allSatisfy { byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
        || byte == UInt8(ascii: "_")
    }
    return isPlain ? RedisArgument(Array("*".utf8) + RedisGlob.escaped(text) + Array("*".utf8)) : nil
  }
}

/// Whose a member is.
public struct MemberReading: Equatable, Sendable {
  public var token: [UInt8]
  /// Nil if the form has none, or the document.
  public var user: [UInt8]?
}

extension MemberForm {
  /// Lua: `renames`, and `name_of(member)`, which is what the active form calls somebody who waited as `member`.
  ///
  /// A member that is not of the form keeps its own name: nobody is lost because of it, and `usher doctor` reports it.
  /// The script contains the path of a document as the bytes of its names.
  static func library(_ naming: MemberForm?) -> String {
    switch naming {
    case nil, .token?: "local renames, name_of = false, function(member) return member end"
    case .tokenAndUser?:
      "local renames, name_of = true, function(member) return member:match('^([^:]+):') or member end"
    case .document(let path, _)?:
      """
      local known_names = {}
      local token_path = {\(path.map(luaText).joined(separator: ", "))}
      local function read_name(member)
        local is_read, value = pcall(cjson.decode, member)
        if not is_read then return member end
        for _, name in ipairs(token_path) do
          if type(value) ~= 'table' then return member end
          value = value[name]
        end
        if type(value) == 'string' then return value end
        -- From 2^53 on a number is no longer the one that was written.
        local is_whole = type(value) == 'number' and value == math.floor(value) and math.abs(value) < 9007199254740992
        if is_whole then return string.format('%.0f', value) end
        return member
      end
      -- A script asks several times, and reading a document takes two microseconds.
      local renames, name_of = true, function(member)
        local name = known_names[member] or read_name(member)
        known_names[member] = name
        return name
      end
      """
    }
  }

  /// A text as Lua's literal, byte by byte, so that nothing in it means anything.
  static func luaText(_ text: some StringProtocol) -> String {
    "'"
      + text.utf8.map { byte in
        let digits = String(byte)
        return "\\" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
      }.joined() + "'"
  }
}
