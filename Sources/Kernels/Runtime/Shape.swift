package import LoopTypes

// What kernels and the hot loops share.

package typealias Shape = LoopTypes.Shape
package typealias ActivationFunction = LoopTypes.ActivationFunction
package typealias SGDStep = LoopTypes.SGDStep
