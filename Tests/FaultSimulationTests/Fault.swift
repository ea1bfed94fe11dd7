/// What may go wrong, each time one thing.
enum Fault: CaseIterable {
  case nodeCrash, nodePause, hostStall, nodeStop, nodeClock
  case redisCrash, redisPause, redisFull, redisClock, slowFlush
  case linkCut, linkBlocked
  case clientCut, clientSlow, allCrash

  static func happen(in world: World) {
    let fault = world.draw.pick(allCases)
    world.tally.faults += 1
    let node = world.draw.pick(world.nodes)
    let client = world.draw.pick(world.clients)
    // Mostly short, sometimes longer than a lease.
    let length = Int64(world.draw.pick([20, 200, 1_000, 2_500, 7_000]))
    world.note("fault \(fault) \(node.name) \(client.name) \(length) ms")
    switch fault {
    case .nodeCrash: node.crash(restartAfter: length)
    case .nodePause: node.freeze([.host, .worker], for: length)
    case .hostStall: node.freeze([.host], for: length)
    case .nodeStop: node.stop()
    case .nodeClock:
      // Lines may be five minutes old or ahead.
      node.wallSkew = Int64(world.draw.within(-200_000...200_000))
    case .redisCrash: world.redis.crash(restartAfter: length)
    case .redisPause: world.redis.pause(for: length)
    case .redisFull: world.redis.fill(for: length)
    case .redisClock: world.redis.skew = Int64(world.draw.within(-10_000...10_000))
    case .slowFlush: world.redis.flushSlowly(for: length)
    case .linkCut: node.cutRedis()
    case .linkBlocked: node.blockedUntil = world.now + length
    case .clientCut: client.cut()
    case .clientSlow: client.readSlowly(for: length)
    case .allCrash:
      world.redis.crash(restartAfter: length)
      for node in world.nodes where world.draw.happens(permille: 700) {
        node.crash(restartAfter: length)
      }
    }
  }
}
