package import Metrics

/// One split of a data set that was looked into, as the documents of `cas data` name it.
package struct SurveyedSet: Encodable, Sendable, Equatable {
  package var path: String
  @ExplicitNull package var split: String?
  package var images: Int

  package init(path: String, split: String?, images: Int) {
    self.path = path
    self.split = split
    self.images = images
  }
}
