package import Reports

/// What a command computes with and tells: the machine, the caches, the events, and which program this is.
package struct RunContext: Sendable {
  package var machine: Machine
  /// The machine as documents name it.
  package let description: MachineDescription
  /// The program as documents name it.
  package let version: String
  package var events: RunEvents
  /// Which program this is, as models and checkpoints say it; nil where that is not known.
  package var build: String?
  package var baselines: BaselineCache?
  package var features: FeatureCache?

  /// Without caches.
  package init(_ machine: Machine, description: MachineDescription, version: String, events: RunEvents) {
    self.machine = machine
    self.description = description
    self.version = version
    self.events = events
  }

  /// The same with what this build has kept of earlier runs.
  package func withCaches(of environment: [String: String]) -> RunContext {
    var context = self
    context.build = ProgramIdentity.current
    context.baselines = BaselineCache.standard(environment: environment)
    context.features = FeatureCache.standard(environment: environment)
    return context
  }

  /// How images are read here.
  package var reader: SetReader { SetReader(pool: machine.processor.pool, events: events) }

  /// The same for the description of images, which is computed in fp32 whatever trainings are.
  var describing: RunContext {
    var context = self
    context.machine = machine.inSinglePrecision
    return context
  }
}
