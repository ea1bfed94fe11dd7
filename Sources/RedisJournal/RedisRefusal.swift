#if Server
  import Journal

  /// What a refusal of Redis means to a person, and what to do about it.
  enum RedisRefusal {
    /// Whether this user may not do it, whoever may.
    static func isOfRights(_ reason: String) -> Bool {
      reason.hasPrefix("NOPERM") || reason.contains("can't run this command")
        || reason.contains("no permissions")
    }

    static func end(_ reason: String, _ address: RedisAddress, region: String) -> JournalEnd {
      let user = address.user.isEmpty ? "the default user" : "user '\(address.user)'"
      let message: String
      if isOfRights(reason) {
        message =
          "refuses \(user): \(reason); `baecha redis acl` prints what the server's user must be allowed"
      } else if ["WRONGPASS", "NOAUTH"].contains(where: { reason.hasPrefix($0) })
        || reason.contains("AUTH")
      {
        message = "refuses \(user): \(reason); give --state redis://USER:PASSWORD@HOST:PORT"
      } else if reason.hasPrefix("WRONGTYPE") || reason.contains("WRONGTYPE") {
        message =
          "holds other software's data under {\(region)}:* (\(reason)); use another Redis database, or "
          + "rename the region"
      } else if reason.contains("OOM") {
        message = "is full: \(reason); set maxmemory higher, or make room"
      } else {
        message = "refuses: \(reason)"
      }
      return JournalEnd(.unusable, "Redis at \(address) \(message)")
    }
  }
#endif
