import Matching
import Spatial

extension LineWriter {
  /// A client's line: what ``ClientLine/init(_:)`` reads again as the same value. Optional values
  /// that are what the verb takes for granted are left out.
  public mutating func write(_ line: ClientLine) { write(line.command, tag: line.tag) }

  public mutating func write(_ command: ClientCommand, tag: Identifier? = nil) {
    if let tag {
      append("#")
      append(tag.text)
      append(" ")
    }
    append(command.verb.word)
    arguments(of: command)
    end()
  }

  /// A position, for senders that have many.
  public mutating func position(_ taxi: Identifier, _ report: PositionReportFields) {
    append("P")
    fields(of: taxi, report)
    end()
  }

  private mutating func arguments(of command: ClientCommand) {
    switch command {
    case .on(let entry): fields(of: entry)
    case .off(let taxi, let force, let reason):
      argument(taxi)
      flag("force", force)
      if let reason { field("reason", reason) }
    case .position(let taxi, let report): fields(of: taxi, report)
    case .busy(let taxi, let reason):
      argument(taxi)
      field("reason", reason.word)
    case .decline(let offer, let reason):
      argument(offer)
      if reason != .unstated { field("reason", reason.word) }
    case .arrive(let step), .board(let step), .noShow(let step): fields(of: step)
    case .drop(let step, let receipt):
      fields(of: step)
      if let distance = receipt.distance { field("dist", distance) }
      if let fare = receipt.fare { field("fare", fare) }
      if let currency = receipt.currency { field("cur", currency) }
    case .abort(let step, let reason):
      fields(of: step)
      if reason != .unstated { field("reason", reason.word) }
    case .request(let request): fields(of: request)
    case .change(let ride, let version, let change):
      argument(ride)
      field("v", version)
      if let to = change.to { field("to", to) }
      if let seats = change.seats { field("seats", seats) }
      if let at = change.at { field("at", time: at) }
    case .cancel(let ride, let by, let reason):
      argument(ride)
      if by != .rider { field("by", by.word) }
      if let reason { field("reason", reason) }
    case .quote(let from, let to, let seats, let tags):
      argument(from)
      if let to { argument(to) }
      if seats != 1 { field("seats", seats) }
      if !tags.isEmpty { field("tags", ids: tags) }
    case .advise(let place, let walk):
      argument(place)
      if walk != .minutes(5) { field("walk", span: walk) }
    case .assign(let ride, let taxi):
      argument(ride)
      argument(taxi)
    case .accept(let id), .free(let id), .release(let id), .explain(let id), .unsubscribe(let id):
      argument(id)
    case .near(let query):
      argument(query.place)
      field("r", query.radius)
      if query.most != 10 { field("max", query.most) }
      if !query.tags.isEmpty { field("tags", ids: query.tags) }
    case .get(let subject, let id):
      argument(subject.rawValue)
      argument(id)
    case .subscribe(let subscription): fields(of: subscription)
    case .ping(let time):
      if let time { field("t", time: time) }
    case .hello(let greeting):
      argument(greeting.version)
      if let name = greeting.name { field("name", name) }
      if let agent = greeting.agent { field("agent", text: agent) }
      if let region = greeting.region { field("region", region) }
    case .authenticate(.mac(let key, let digest)):
      argument("mac")
      argument(key)
      argument(digest)
    case .authenticate(.token(let token)):
      argument("token")
      argument(token)
    case .help(let topic):
      if let topic { argument(topic) }
    case .who, .stat, .quit: break
    }
  }

  private mutating func fields(of entry: TaxiEntry) {
    argument(entry.taxi)
    argument(entry.place)
    if entry.seats != 4 { field("seats", entry.seats) }
    if !entry.tags.isEmpty { field("tags", ids: entry.tags) }
    if let driver = entry.driver { field("driver", driver) }
    if entry.sequence > 0 { field("n", entry.sequence) }
    flag("auto", entry.auto)
  }

  private mutating func fields(of taxi: Identifier, _ report: PositionReportFields) {
    argument(taxi)
    argument(report.place)
    if report.sequence > 0 { field("n", report.sequence) }
    if let time = report.sentAt { field("t", time: time) }
    if let heading = report.heading { field("h", heading) }
    if let speed = report.speed { field("s", speed) }
    if let accuracy = report.accuracy { field("a", accuracy) }
  }

  private mutating func fields(of step: TripStep) {
    argument(step.ride)
    argument(step.taxi)
    if let time = step.sentAt { field("t", time: time) }
  }

  private mutating func fields(of request: RideRequest) {
    argument(request.ride)
    argument(request.from)
    if let to = request.to { argument(to) }
    if request.seats != 1 { field("seats", request.seats) }
    if !request.tags.isEmpty { field("tags", ids: request.tags) }
    if let at = request.at { field("at", time: at) }
    if let wait = request.wait { field("wait", span: wait) }
    if let time = request.sentAt { field("t", time: time) }
    if let note = request.note { field("note", text: note) }
  }

  private mutating func fields(of subscription: Subscription) {
    argument(subscription.name)
    argument(subscription.kinds.list)
    if let taxi = subscription.taxi { field("taxi", taxi) }
    if let ride = subscription.ride { field("req", ride) }
    if let box = subscription.box {
      field("box", GeoPoint(latitude: box.south, longitude: box.west))
      append(",")
      append(GeoPoint(latitude: box.north, longitude: box.east))
    }
    if let near = subscription.near { field("near", near) }
    if let radius = subscription.radius { field("r", radius) }
    switch subscription.start {
    case .now: break
    case .first: field("from", "first")
    case .snapshot: field("from", "snap")
    case .after(let position): field("from", position)
    }
    if let rate = subscription.rate { field("rate", span: rate) }
  }
}
