package import Kernels
package import Networks
internal import Testing

/// A network of the golden files, its parameters and statistics rebuilt from the formula by their names.
///
/// - Parameter shortcut: "A" or "B" for the CIFAR ResNets.
package func goldenNetwork(_ model: String, shortcut: String?, _ input: Shape, classes: Int) throws -> Network {
  let name = model.replacing("wrn28-10", with: "wrn-28-10") + (shortcut == "B" ? "-b" : "")
  let architecture = try #require(Architecture(name: name), "there is no architecture called \(name)")
  let network = Network(architecture.plan(input: input, classes: classes))
  var tensors: [String: SafeTensors.Entry] = [:]
  for parameter in network.plan.parameters {
    let shape = parameter.layout.torchShape
    tensors[parameter.name] = SafeTensors.Entry(
      shape: shape, values: .float(GoldenValues.parameter(parameter.name, shape: shape)))
  }
  for statistic in network.plan.statistics {
    tensors[statistic.name] = SafeTensors.Entry(
      shape: [statistic.count], values: .float(GoldenValues.parameter(statistic.name, shape: [statistic.count])))
  }
  try network.load(SafeTensors(tensors: tensors), path: "the golden formula", model: name)
  return network
}
