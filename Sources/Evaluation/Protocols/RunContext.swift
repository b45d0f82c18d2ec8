package import Reports

/// What a command computes with and tells: the machine, the caches, the events, and which program this is.
package struct RunContext: Sendable {
  package var machine: Machine
  /// The machine as documents name it.
  package let description: MachineDescription
  /// The program as documents name it.
  package let version: String
  package var events: RunEvents
  private var identity: @Sendable () -> String? = { nil }
  package var baselines: BaselineCache?
  package var features: FeatureCache?

  /// Without caches.
  package init(_ machine: Machine, description: MachineDescription, version: String, events: RunEvents) {
    self.machine = machine
    self.description = description
    self.version = version
    self.events = events
  }

  /// Which program this is, as models and checkpoints say it; nil where that is not known. Whoever asks first has the
  /// whole program read.
  package var build: String? {
    get { identity() }
    set { identity = { newValue } }
  }

  /// The same with what this build has kept of earlier runs: in the folder `CAS_CACHE`, otherwise in `cas` in the user's
  /// cache folder, and nowhere where `CAS_CACHE` is empty.
  package func withCaches(of environment: [String: String]) -> RunContext {
    var context = self
    context.identity = { ProgramIdentity.current }
    if let own = environment["CAS_CACHE"] {
      guard !own.isEmpty else { return context }
      context.keep(baselines: own, features: "\(own)/features")
    } else if let root = environment["XDG_CACHE_HOME"] ?? environment["HOME"].map({ "\($0)/.cache" }) {
      context.keep(baselines: "\(root)/cas/baselines", features: "\(root)/cas/features")
    }
    return context
  }

  private mutating func keep(baselines: String, features: String) {
    self.baselines = BaselineCache(path: baselines, build: ProgramIdentity.current)
    self.features = FeatureCache(path: features, build: ProgramIdentity.current)
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
