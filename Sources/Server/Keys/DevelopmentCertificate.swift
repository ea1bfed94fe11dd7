import Foundation

/// A self-signed certificate for trying TLS out: made by the `openssl` command, as a certificate
/// authority's tools have no place in a dispatch server.
package enum DevelopmentCertificate {
  package static let days = 30

  /// Writes `cert.pem` and `key.pem` (mode 0600) into a folder that exists; neither may be there yet.
  ///
  /// - Parameters:
  ///   - folder: where to.
  ///   - hosts: names and addresses that it is for, at least one.
  /// - Returns: the two files.
  /// - Throws: ``FileError`` when a file is in the way or `openssl` cannot be run or fails.
  package static func make(
    in folder: String,
    hosts: [String]
  ) throws(FileError) -> RunningServer.TLSFiles {
    let base = folder.hasSuffix("/") ? folder : folder + "/"
    let files = RunningServer.TLSFiles(certificate: base + "cert.pem", key: base + "key.pem")
    for path in [files.certificate, files.key] where FileManager.default.fileExists(atPath: path) {
      throw FileError(path, "is there already; remove it, or choose another folder")
    }
    for host in hosts where !isHost(host) {
      throw FileError("host", "'\(host)' is neither a host name nor an address")
    }
    let names = hosts.map { isAddress($0) ? "IP:\($0)" : "DNS:\($0)" }.joined(separator: ",")
    try run([
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
      "-nodes", "-days", "\(days)", "-subj", "/CN=\(hosts.first ?? "localhost")",
      "-addext", "subjectAltName=\(names)", "-keyout", files.key, "-out", files.certificate,
    ])
    do {
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: files.key)
    } catch {
      throw FileError(files.key, "its mode cannot be set to 0600: \(error.localizedDescription)")
    }
    return files
  }

  private static func run(_ words: [String]) throws(FileError) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw FileError("openssl", "cannot be run: \(error.localizedDescription)")
    }
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let hint = process.terminationStatus == 127 ? "install it (Debian: openssl)" : text
      throw FileError("openssl", "failed with \(process.terminationStatus): \(hint)")
    }
  }

  private static func isAddress(_ host: String) -> Bool {
    host.contains(":") || host.split(separator: ".").allSatisfy { UInt8($0) != nil }
  }

  /// Nothing that openssl would read as another field.
  private static func isHost(_ host: String) -> Bool {
    !host.isEmpty
      && host.utf8.allSatisfy {
        (97...122).contains($0) || (65...90).contains($0) || (46...58).contains($0) || $0 == 45
      } && !host.contains("/")
  }
}
