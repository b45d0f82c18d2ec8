package import Kernels

extension Reference {
  /// input (rows x inputs) times weights (inputs x outputs) plus bias.
  package static func multiplyLinear(
    _ input: [Double], weights: [Double], bias: [Double], inputs: Int
  ) -> [Double] {
    let outputs = bias.count
    return (0..<input.count / inputs).flatMap { row in
      (0..<outputs).map { output in
        (0..<inputs).reduce(bias[output]) { $0 + input[row * inputs + $1] * weights[$1 * outputs + output] }
      }
    }
  }

  package static func multiplyLinearBackwardData(
    _ gradient: [Double], weights: [Double], _ geometry: LinearGeometry
  ) -> [Double] {
    let (inputs, outputs) = (geometry.inputs, geometry.outputs)
    return (0..<gradient.count / outputs * inputs).map { index in
      let (row, input) = index.quotientAndRemainder(dividingBy: inputs)
      return (0..<outputs).reduce(0) { $0 + gradient[row * outputs + $1] * weights[input * outputs + $1] }
    }
  }

  package static func multiplyLinearBackwardWeights(
    _ gradient: [Double], input: [Double], _ geometry: LinearGeometry
  ) -> (weights: [Double], bias: [Double]) {
    let (inputs, outputs) = (geometry.inputs, geometry.outputs)
    let rows = 0..<gradient.count / outputs
    let weights = (0..<inputs * outputs).map { index in
      rows.reduce(0.0) { $0 + input[$1 * inputs + index / outputs] * gradient[$1 * outputs + index % outputs] }
    }
    return (weights, (0..<outputs).map { output in rows.reduce(0.0) { $0 + gradient[$1 * outputs + output] } })
  }
}
