extension Credentials {
  /// The answer to a banner's nonce by someone who knows a key's secret: HMAC-SHA256(secret, nonce
  /// "|" key "|" region), in hexadecimal.
  public static func mac(
    key: Identifier,
    secret: [UInt8],
    nonce: Identifier,
    region: Identifier
  ) -> Credentials {
    let message = Array("\(nonce)|\(key)|\(region)".utf8)
    let digits = Array("0123456789abcdef".utf8)
    let hex = HMAC.sha256(key: secret, message: message)
      .flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    guard let digest = Identifier(hex.span, 0..<hex.count) else {
      preconditionFailure("hexadecimal digits are name bytes")
    }
    return .mac(key: key, digest: digest)
  }
}
