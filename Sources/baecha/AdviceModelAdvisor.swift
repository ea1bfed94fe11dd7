#if Server
  import Server
  import Simulation
  import Spatial

  /// The model of `baecha analyse`, as the server asks it: the server's module knows nothing of how
  /// models are learned.
  struct AdviceModelAdvisor: RiderAdvisor {
    let model: AdviceModel

    func spots(near place: GeoPoint, unixSeconds: Int64, walkSeconds: Int) -> [AdvisedSpot] {
      var options = RiderAdvice.Options()
      options.walkSeconds = walkSeconds
      let advice = RiderAdvice(model, at: place, unixSeconds: unixSeconds, options: options)
      return advice.spots.map { spot in
        AdvisedSpot(
          place: spot.place,
          walkMetres: spot.walkMetres,
          walkSeconds: Int(spot.walkMinutes * 60),
          waitMean: seconds(spot.waitMean),
          wait10: seconds(spot.wait10),
          wait90: seconds(spot.wait90)
        )
      }
    }

    /// Minutes, which may be endless.
    private func seconds(_ minutes: Double) -> Int { Int(min(minutes * 60, 86_400)) }
  }

  extension ServerOptions {
    func advisor(_ settings: ServerSettings) throws -> (any RiderAdvisor)? {
      try settings.path("advice").map { AdviceModelAdvisor(model: try AdviceModel(path: $0)) }
    }
  }
#endif
