#if Server
  /// What runs inside Redis: each function is one step that happens whole or not at all. Loaded once
  /// by an administrator (`baecha redis install-functions`); docs/RELIABILITY.md says what each step
  /// protects.
  enum FunctionLibrary {
    static let name = "baecha"
    static let version = 4

    static let source = """
      #!lua name=baecha
      -- Version \(version). Positions are EPOCH-SEQUENCE, as the ids of the stream.

      local function millis()
        local t = redis.call('TIME')
        return t[1] * 1000 + math.floor(t[2] / 1000)
      end

      local function sequence(position) return tonumber(string.match(position, '%-(%d+)$')) end

      local function last_id(stream)
        if redis.call('EXISTS', stream) == 0 then return '0-0' end
        local info = redis.call('XINFO', 'STREAM', stream)
        for i = 1, #info, 2 do
          if info[i] == 'last-generated-id' then return info[i + 1] end
        end
        return '0-0'
      end

      -- Whether a leadership is over. An epoch is no proof by itself: a Redis that forgot the last
      -- one gives the same number to another owner. The owner is the last argument of all that follow.
      local function is_fenced(lease, args)
        local h = redis.call('HMGET', lease, 'epoch', 'owner')
        return h[1] ~= args[1] or h[2] ~= args[#args]
      end

      -- A command that this user may not use here. Asked before the first one, since a function that
      -- is refused half-way leaves what it did.
      local function lacking(keys)
        for _, words in ipairs({
          {'XADD', keys[2], '*', 'k', 'E'}, {'HSET', keys[1], 'pos', '0-0'},
          {'XTRIM', keys[2], 'MINID', '0-1'}, {'SET', keys[1], ''}, {'UNLINK', keys[1]},
          {'XRANGE', keys[2], '-', '+'}, {'HGET', keys[1], 'pos'},
        }) do
          if not redis.acl_check_cmd(unpack(words)) then return words[1] end
        end
      end

      -- lease, stream; owner, ttl in ms, region; by what epochs are counted: each, or the clock; the last
      -- epoch that the owner knows of. A Redis that flushes once a second may forget a leadership, and
      -- would give its number again to one that writes other facts; milliseconds since 2025 it does not
      -- give twice unless its clock is set back, and not to one who knows of it even then.
      local function acquire(keys, args)
        local word = lacking(keys)
        if word then return redis.error_reply('NOPERM this user has no permissions to run ' .. word) end
        local h = redis.call('HMGET', keys[1], 'epoch', 'owner', 'until', 'pos', 'crc', 'region')
        local now = millis()
        local till = tonumber(h[3] or '0')
        if h[6] and h[6] ~= args[3] then return {'REGION', h[6]} end
        if h[2] and h[2] ~= '' and h[2] ~= args[1] and till > now then
          return {'HELD', h[2], till - now}
        end
        local stop = last_id(keys[2])
        if h[4] and h[4] ~= stop then return {'BROKEN', h[4], stop} end
        local last = math.max(tonumber(h[1] or '0'), tonumber(string.match(stop, '^(%d+)')))
        local least = args[4] == 'clock' and now - 1735689600000 or 1
        local epoch = math.max(last + 1, least, args[5] + 1)
        local id = string.format('%d-%d', epoch, sequence(stop))
        local crc = h[5] or ''
        redis.call('XADD', keys[2], id, 'k', 'E', 'o', args[1], 'c', crc)
        redis.call('HSET', keys[1], 'epoch', epoch, 'owner', args[1], 'until', now + args[2],
          'pos', id, 'crc', crc, 'region', args[3])
        return {'OK', epoch, stop, id, crc}
      end

      -- lease, stream; epoch, previous, position, bytes, crc, ttl
      local function append(keys, args)
        local h = redis.call('HMGET', keys[1], 'epoch', 'pos')
        if is_fenced(keys[1], args) then return {'FENCED', h[1] or '0'} end
        if h[2] ~= args[2] then
          if sequence(h[2]) >= sequence(args[3])
            and #redis.call('XRANGE', keys[2], args[3], args[3]) == 1 then
            return {'DUP'}
          end
          return {'GAP', h[2]}
        end
        redis.call('XADD', keys[2], args[3], 'k', 'B', 'b', args[4], 'c', args[5])
        redis.call('HSET', keys[1], 'pos', args[3], 'crc', args[5], 'until', millis() + args[6])
        return {'OK'}
      end

      -- lease; epoch, ttl
      local function renew(keys, args)
        if is_fenced(keys[1], args) then return {'FENCED', '0'} end
        redis.call('HSET', keys[1], 'until', millis() + args[2])
        return {'OK'}
      end

      -- lease; epoch
      local function release(keys, args)
        if is_fenced(keys[1], args) then return {'FENCED', '0'} end
        redis.call('HSET', keys[1], 'until', 0, 'owner', '')
        return {'OK'}
      end

      -- lease, chunk; epoch, bytes
      local function chunk(keys, args)
        if is_fenced(keys[1], args) then return {'FENCED', '0'} end
        redis.call('SET', keys[2], args[2])
        return {'OK'}
      end

      -- lease, snapshot; epoch, generation, position, chunks, checksum of the chunks, journal's crc
      local function publish(keys, args)
        if is_fenced(keys[1], args) then return {'FENCED', '0'} end
        redis.call('HSET', keys[2], 'gen', args[2], 'upto', args[3], 'chunks', args[4],
          'sum', args[5], 'crc', args[6], 'format', 1)
        return {'OK'}
      end

      -- lease, chunks of an old generation; epoch
      local function drop(keys, args)
        if is_fenced(keys[1], args) then return {'FENCED', '0'} end
        for i = 2, #keys do redis.call('UNLINK', keys[i]) end
        return {'OK'}
      end

      -- lease, stream, snapshot; epoch, first position to stay: never above the snapshot's
      local function trim(keys, args)
        if is_fenced(keys[1], args) then return {'FENCED', '0'} end
        local mark = redis.call('HGET', keys[3], 'upto')
        if not mark or sequence(mark) < sequence(args[2]) then return {'REFUSED', mark or '0-0'} end
        return {'OK', redis.call('XTRIM', keys[2], 'MINID', args[2])}
      end

      -- lease, free taxis, counts; epoch, expiry in ms, whole, free taxis (longitude, latitude and name
      -- of each), names that are not free any more, names and values of counts
      local function view(keys, args)
        if is_fenced(keys[1], args) then return {'FENCED', '0'} end
        if args[3] == '1' then redis.call('UNLINK', keys[2], keys[3]) end
        local at = 4
        local function take(command, width)
          local last = at + width * tonumber(args[at])
          if last > at then redis.call(command, keys[2], unpack(args, at + 1, last)) end
          at = last + 1
        end
        take('GEOADD', 3)
        take('ZREM', 1)
        if at < #args then redis.call('HSET', keys[3], unpack(args, at, #args - 1)) end
        redis.call('PEXPIRE', keys[2], args[2])
        redis.call('PEXPIRE', keys[3], args[2])
        return {'OK'}
      end

      redis.register_function('baecha_acquire', acquire)
      redis.register_function('baecha_append', append)
      redis.register_function('baecha_renew', renew)
      redis.register_function('baecha_release', release)
      redis.register_function('baecha_chunk', chunk)
      redis.register_function('baecha_publish', publish)
      redis.register_function('baecha_drop', drop)
      redis.register_function('baecha_trim', trim)
      redis.register_function('baecha_view', view)
      redis.register_function{
        function_name = 'baecha_version',
        callback = function() return \(version) end,
        flags = {'no-writes'}
      }

      """
  }

  /// The keys of one region: one hash tag, so that all of them live in one slot of a cluster.
  struct RegionKeys {
    let region: String

    var lease: [UInt8] { key("lease") }
    var stream: [UInt8] { key("j") }
    var snapshot: [UInt8] { key("snap") }
    var freeTaxis: [UInt8] { key("live:free") }
    var counts: [UInt8] { key("live:counts") }

    func chunk(_ generation: UInt64, _ index: Int) -> [UInt8] { key("s:\(generation):\(index)") }

    private func key(_ rest: String) -> [UInt8] { Array("{\(region)}:\(rest)".utf8) }
  }
#endif
