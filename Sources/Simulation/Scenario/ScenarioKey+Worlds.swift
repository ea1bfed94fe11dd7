/// The keys of what decides and what drives.
extension ScenarioKey {
  package static let policy = [
    ScenarioKey(
      "policy.window",
      \.policy.window,
      .duration(0...60_000),
      "Between two rounds of `batch`; 0s decides at every request."
    ),
    ScenarioKey(
      "policy.candidates",
      \.policy.candidates,
      .whole(1...64),
      "Nearest taxis that `batch` considers for a ride; `nearest` takes the first of four."
    ),
    ScenarioKey(
      "policy.unmatched_price",
      \.policy.unmatchedPrice,
      .duration(1_000...86_400_000),
      "What leaving a ride without a taxi costs at first, in travel time."
    ),
    ScenarioKey(
      "policy.unmatched_rise",
      \.policy.unmatchedRisePermyriad,
      .share(0...1_000_000),
      "By what share of the time waited that price rises."
    ),
    ScenarioKey(
      "policy.reassign",
      \.policy.reassign,
      .flag,
      "Whether a better taxi may take over a ride before the pickup."
    ),
    ScenarioKey(
      "policy.switching_cost",
      \.policy.switchingCost,
      .duration(0...3_600_000),
      "What a takeover must save at least, in travel time."
    ),
    ScenarioKey(
      "policy.frozen",
      \.policy.frozen,
      .duration(0...3_600_000),
      "A taxi this near to its pickup keeps its ride."
    ),
    ScenarioKey(
      "policy.soon_free",
      \.policy.soonFree,
      .duration(0...3_600_000),
      "`batch` may keep a ride waiting for a taxi that drops its rider within this time."
    ),
    ScenarioKey(
      "policy.retry",
      \.policy.retry,
      .duration(100...60_000),
      "When `nearest` tries again for a ride that found no taxi."
    ),
    ScenarioKey(
      "policy.pickup_max",
      \.policy.pickupMax,
      .duration(1_000...7_200_000),
      "No taxi is offered a pickup further away than this, in travel time."
    ),
    ScenarioKey(
      "policy.steps_max",
      \.policy.stepsMax,
      .whole(1_000...1_000_000_000_000),
      "Work budget of one exact assignment, in counted steps."
    ),
    ScenarioKey(
      "policy.opportunity",
      \.policy.opportunity,
      .choice,
      "Whether `batch` reckons with what a free taxi is worth by place and time, `learned` from "
        + "other days in hindsight."
    ),
    ScenarioKey(
      "policy.opportunity_weight",
      \.policy.opportunityPermille,
      .factor(0...10_000),
      "How much of that worth counts."
    ),
  ]

  package static let travel = [
    ScenarioKey(
      "travel.model",
      \.travel.model,
      .choice,
      "`straight`: straight line × detour ÷ speed; `learned`: speeds by hour of week and distance."
    ),
    ScenarioKey(
      "travel.speed",
      \.travel.speedMetresPerHour,
      .speed(1_000...150_000),
      "Driving speed of `straight`."
    ),
    ScenarioKey(
      "travel.detour",
      \.travel.detourPermille,
      .factor(1_000...3_000),
      "Driven distance over straight-line distance."
    ),
    ScenarioKey(
      "travel.learn_from",
      \.travel.learnFrom,
      .learnFrom,
      "The days that `learned` is fitted to; never the day that it is judged on."
    ),
    ScenarioKey(
      "travel.noise",
      \.travel.noisePermyriad,
      .share(),
      "Empty legs take the model's time × a log-normal factor with this spread; the policy plans without it."
    ),
    ScenarioKey(
      "travel.bias",
      \.travel.biasPermyriad,
      .share(0...30_000),
      "By how much longer than the model says empty legs take on the mean; the policy plans without it."
    ),
  ]

  package static let drivers = [
    ScenarioKey(
      "drivers.decline",
      \.drivers.declinePermyriad,
      .share(),
      "Share of offers declined."
    ),
    ScenarioKey(
      "drivers.no_answer",
      \.drivers.noAnswerPermyriad,
      .share(),
      "Share of offers not answered."
    ),
    ScenarioKey(
      "drivers.answer_delay",
      \.drivers.answerDelay,
      .durations(0...600_000),
      "From an offer to its answer, drawn evenly from the range."
    ),
    ScenarioKey("drivers.idle", \.drivers.idle, .choice, "What a taxi without a ride does."),
    ScenarioKey(
      "drivers.cruise_speed",
      \.drivers.cruiseSpeedMetresPerHour,
      .speed(1_000...150_000),
      "Speed of a taxi that cruises."
    ),
    ScenarioKey(
      "drivers.report_every",
      \.drivers.reportEvery,
      .duration(1_000...600_000),
      "Between two positions of a taxi."
    ),
    ScenarioKey(
      "drivers.freshness",
      \.drivers.freshness,
      .duration(1_000...3_600_000),
      "A position older than this is not matched; at least 2.5 × report_every."
    ),
    ScenarioKey(
      "drivers.offer_ttl",
      \.drivers.offerTTL,
      .duration(1_000...600_000),
      "How long an offer stands."
    ),
  ]

  package static let guidance = [
    ScenarioKey(
      "guidance.period",
      \.guidance.period,
      .duration(1_000...3_600_000),
      "Between two rounds of guidance."
    ),
    ScenarioKey(
      "guidance.horizon",
      \.guidance.horizon,
      .duration(60_000...7_200_000),
      "How far ahead riders are reckoned with."
    ),
    ScenarioKey(
      "guidance.drive_max",
      \.guidance.driveMax,
      .duration(1_000...7_200_000),
      "The longest drive that an expected rider is worth, in travel time."
    ),
    ScenarioKey(
      "guidance.cover",
      \.guidance.coverPermille,
      .factor(100...10_000),
      "Taxis wanted for each expected rider."
    ),
    ScenarioKey(
      "guidance.chances",
      \.guidance.countsChances,
      .flag,
      "Whether a square's taxis count by the chance that there will be a rider for each, not one for "
        + "each expected rider."
    ),
    ScenarioKey(
      "guidance.local",
      \.guidance.correctsSquares,
      .flag,
      "Whether the last half hour's requests also correct the forecast of each square, not only of the "
        + "whole city."
    ),
    ScenarioKey(
      "guidance.cell",
      \.guidance.cell,
      .distance(1_000...100_000),
      "Side of the squares in which demand is forecast."
    ),
    ScenarioKey(
      "guidance.compliance",
      \.guidance.compliancePermyriad,
      .share(),
      "Share of drivers who go where they are guided."
    ),
  ]

  package static let opportunity = [
    ScenarioKey(
      "opportunity.price",
      \.opportunity.price,
      .duration(1_000...86_400_000),
      "Of opening a taxi in the hindsight problem that a taxi's worth is learned from, in travel "
        + "time; no taxi is worth more."
    ),
    ScenarioKey(
      "opportunity.horizon",
      \.opportunity.horizon,
      .duration(60_000...14_400_000),
      "A taxi is worth what it saves by requests of so long from now."
    ),
    ScenarioKey(
      "opportunity.cell",
      \.opportunity.cell,
      .distance(1_000...100_000),
      "Side of the squares that are told apart."
    ),
  ]

  package static let hail = [
    ScenarioKey(
      "hail.sight",
      \.hail.sight,
      .distance(100...10_000),
      "How near a vacant taxi must come for its driver and a rider to meet."
    ),
    ScenarioKey(
      "hail.follow",
      \.hail.follow,
      .duration(0...86_400_000),
      "How long a cruising taxi follows one recorded way before it joins another."
    ),
    ScenarioKey(
      "hail.choices",
      \.hail.choices,
      .whole(1...20),
      "Recorded ways that a driver chooses from, taking the one that led to a rider soonest."
    ),
    ScenarioKey(
      "hail.advised_riders",
      \.hail.advisedRidersPermyriad,
      .share(),
      "Share of riders who walk to where an empty taxi is said to come by soonest."
    ),
    ScenarioKey(
      "hail.walk",
      \.hail.walk,
      .duration(0...1_800_000),
      "How long an advised rider walks at most."
    ),
  ]

  package static let measure = [
    ScenarioKey(
      "measure.warm_up",
      \.measure.warmUp,
      .duration(0...86_400_000),
      "Left out of the figures, from the first request on."
    )
  ]
}
