import Foundation
import LineProtocol

/// Who may speak, and as what.
package struct Key: Equatable, Sendable {
  package enum Secret: Equatable, Sendable {
    /// The key of the client's HMAC, which must be readable to be used.
    case mac([UInt8])
    /// The SHA-256 of a token: the token itself is nowhere kept.
    case tokenHash([UInt8])
  }

  package var id: String
  package var tenant: String
  package var roles: RoleSet
  package var secret: Secret

  package init(id: String, tenant: String, roles: RoleSet, secret: Secret) {
    self.id = id
    self.tenant = tenant
    self.roles = roles
    self.secret = secret
  }
}

/// The keys of a server: a file of lines `id tenant roles mac:HEX` or `id tenant roles sha256:HEX`,
/// readable by its owner alone. Lines that begin with `#` and empty ones are passed over.
package struct Keyring: Equatable, Sendable {
  package private(set) var keys: [Key] = []

  package init(keys: [Key]) { self.keys = keys }

  /// - Throws: ``FileError`` with everything that is wrong with the file, its mode included.
  package init(path: String) throws(FileError) {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard let attributes, let bytes = FileManager.default.contents(atPath: path) else {
      throw FileError(path, "cannot be read")
    }
    let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
    guard mode & 0o077 == 0 else {
      let shown = "0" + String(mode & 0o777, radix: 8)
      throw FileError(path, "has mode \(shown): others can read its secrets; run chmod 0600 on it")
    }
    try self.init(text: String(decoding: bytes, as: UTF8.self), file: path)
  }

  package init(text: String, file: String) throws(FileError) {
    var problems: [FileProblem] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard let first = words.first, !first.hasPrefix("#") else { continue }
      do throws(KeyFault) {
        let key = try Key(words)
        guard !keys.contains(where: { $0.id == key.id }) else {
          throw KeyFault("the id \(key.id) stands there twice")
        }
        keys.append(key)
      } catch {
        problems.append(FileProblem(file: file, line: index + 1, column: 1, text: error.text))
      }
    }
    if problems.isEmpty, keys.isEmpty {
      throw FileError(file, "holds no key; `baecha keys new` prints a line for it")
    }
    if !problems.isEmpty { throw FileError(problems) }
  }

  /// Looks for the key that credentials prove.
  ///
  /// - Parameters:
  ///   - credentials: as sent.
  ///   - nonce: that the banner of this connection had.
  ///   - region: the banner's.
  /// - Returns: the key; `nil` when they prove none.
  package func prove(_ credentials: Credentials, nonce: String, region: String) -> Key? {
    switch credentials {
    case .mac(let id, let digest):
      let message = Array("\(nonce)|\(id.text)|\(region)".utf8)
      // A key that is not there costs the same as one that is.
      let key = keys.first { $0.id == id.text }
      var secret: [UInt8] = Array(repeating: 0, count: 32)
      if case .mac(let own)? = key?.secret { secret = own }
      let expected = HMAC.sha256(key: secret, message: message)
      guard let sent = bytes(ofHex: digest.text), isSameSecret(sent, expected) else { return nil }
      if case .mac? = key?.secret { return key }
      return nil
    case .token(let token):
      let hash = SHA256.hash(token.utf8)
      return keys.first { key in
        if case .tokenHash(let own) = key.secret { return isSameSecret(own, hash) }
        return false
      }
    }
  }

  /// `mac`, `token`: the ways in, for the banner.
  package var schemes: [String] {
    var found: [String] = []
    for key in keys {
      let scheme =
        switch key.secret {
        case .mac: "mac"
        case .tokenHash: "token"
        }
      if !found.contains(scheme) { found.append(scheme) }
    }
    return found.sorted()
  }
}

private struct KeyFault: Error {
  var text: String
  init(_ text: String) { self.text = text }
}

extension Key {
  fileprivate init(_ words: [Substring]) throws(KeyFault) {
    guard words.count == 4 else {
      throw KeyFault("expected: ID TENANT ROLE,ROLE mac:HEX or sha256:HEX")
    }
    for name in words[..<2] where Identifier(String(name)) == nil {
      throw KeyFault("'\(name)' is no name: 1 to 64 letters, digits and - . _ : ~")
    }
    var roles: RoleSet = []
    for word in words[2].split(separator: ",", omittingEmptySubsequences: false) {
      guard let role = Role(word: String(word)) else {
        let known = Role.allCases.map(\.word)
        let near = nearestName(to: String(word), in: known).map { "; did you mean \($0)?" } ?? ""
        throw KeyFault("there is no role '\(word)': \(known.joined(separator: ", "))\(near)")
      }
      roles.formUnion(RoleSet(role))
    }
    let parts = words[3].split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2, let bytes = bytes(ofHex: parts[1]) else {
      throw KeyFault("the secret is not mac:HEX or sha256:HEX")
    }
    let secret: Secret
    switch parts[0] {
    case "mac" where bytes.count >= 16: secret = .mac(bytes)
    case "mac": throw KeyFault("a MAC key has at least 16 bytes, that is 32 hexadecimal digits")
    case "sha256" where bytes.count == SHA256.byteCount: secret = .tokenHash(bytes)
    default: throw KeyFault("the secret is not mac:HEX, or sha256: with 64 hexadecimal digits")
    }
    self.init(id: String(words[0]), tenant: String(words[1]), roles: roles, secret: secret)
  }
}

/// Bytes as two hexadecimal digits each.
package func hex(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef")
  return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
}

private func bytes(ofHex text: String) -> [UInt8]? {
  let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
  guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
}
