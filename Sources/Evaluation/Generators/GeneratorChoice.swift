package import Generators

/// The families that `cas sample --fit` knows, with their options.
package struct GeneratorChoice: Codable, Equatable, Sendable {
  package enum Family: String, Codable, Sendable, CaseIterable {
    case gaussian, ppca, mixture, pixelcnn

    /// The options of capacity that it takes.
    package var options: Set<String> {
      switch self {
      case .gaussian: []
      case .ppca: ["--rank"]
      case .mixture: ["--components", "--rank"]
      case .pixelcnn: ["--width", "--depth", "--epochs"]
      }
    }
  }

  package var family: Family
  /// Columns of W; the default is 20.
  package var rank: Int?
  /// The Gaussians of a class; the default is 5.
  package var components: Int?
  /// Features of each stack of a PixelCNN; the default is 32.
  package var width: Int?
  /// Layers of a PixelCNN; the default is 6.
  package var depth: Int?
  /// Passes over the training images; the default is 10.
  package var epochs: Int?

  package init(_ family: Family) { self.family = family }

  package var generator: any GeneratorFamily {
    switch family {
    case .gaussian: GaussianFamily()
    case .ppca: PrincipalFamily(rank: rank ?? 20)
    case .mixture: MixtureFamily(components: components ?? 5, rank: rank ?? 20)
    case .pixelcnn: PixelCNNFamily(width: width ?? 32, depth: depth ?? 6, epochs: epochs ?? 10)
    }
  }
}
