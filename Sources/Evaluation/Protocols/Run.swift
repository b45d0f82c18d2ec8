/// What a run is to do: the request and the settings that it is stored with in config.yaml.
package struct RunPlan: Equatable, Sendable {
  package var request: RunRequest
  package var experiment: Experiment

  package init(_ request: RunRequest, _ experiment: Experiment) {
    self.request = request
    self.experiment = experiment
  }

  /// Whether both do the same, on whatever preset their settings were built.
  func doesTheSame(as other: RunPlan) -> Bool {
    request.asksTheSame(as: other.request) && experiment == other.experiment
  }
}

/// One run: its plan, its images, what is trained on them, where that is kept and what computes it.
package struct Run: Sendable {
  package let plan: RunPlan
  package let data: StudyData
  package let study: Study
  package var folder: RunFolder
  package var context: RunContext

  package var request: RunRequest { plan.request }
  package var experiment: Experiment { plan.experiment }

  /// - Throws: `UsageError` where the images do not allow what the plan asks for.
  package init(_ plan: RunPlan, _ data: StudyData, folder: RunFolder, _ context: RunContext) throws {
    self.plan = plan
    self.data = data
    study = try Study(plan, data)
    self.folder = folder
    self.context = context
  }
}
