import NIOSSL
import Synchronization

/// The certificate that new connections are shown; replaced while the server runs. Connections that are
/// open keep the one that they began with.
final class TLSIdentity: Sendable {
  private let current: Mutex<NIOSSLContext>

  /// - Throws: when a file cannot be read or the key is not the certificate's.
  init(_ files: RunningServer.TLSFiles) throws { current = Mutex(try Self.context(files)) }

  var context: NIOSSLContext { current.withLock { $0 } }

  /// Reads the files again; what is wrong with them changes nothing.
  func reload(_ files: RunningServer.TLSFiles) throws {
    let next = try Self.context(files)
    current.withLock { $0 = next }
  }

  private static func context(_ files: RunningServer.TLSFiles) throws -> NIOSSLContext {
    let chain = try NIOSSLCertificate.fromPEMFile(files.certificate).map {
      NIOSSLCertificateSource.certificate($0)
    }
    let key = try NIOSSLPrivateKey(file: files.key, format: .pem)
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain,
      privateKey: .privateKey(key)
    )
    configuration.minimumTLSVersion = .tlsv13
    configuration.applicationProtocols = ["blp/1"]
    return try NIOSSLContext(configuration: configuration)
  }
}
