package import Kernels

/// Where an operand lies: a part of one of the few arenas, with a shape and a format.
///
/// What belongs to a slot is there once for each image of a batch, and where depends on the batch: a `Layout` says it.
/// Everything else is there once, and its offset is known with the plan.
package struct Place: Hashable, Sendable {
  package enum Arena: Sendable, CaseIterable {
    case parameters, statistics
    /// The parameters' gradients, laid out as the parameters.
    case gradients
    /// What normalisations keep of a batch.
    case moments
    /// Feature maps, and the loss's derivatives by them.
    case features, featureGradients
  }

  package let arena: Arena
  /// The index of the slot whose values or gradient it is; nil for what does not belong to an image.
  package let slot: Int?
  /// Floats before it in its arena; 0 where there is a slot.
  package let offset: Int
  /// Of one image; 1 x 1 x count for what does not belong to one.
  package let shape: Shape
  package let format: NumberFormat

  /// The floats of the arena that it takes; only for what does not belong to an image.
  package var range: Range<Int> { offset..<offset + shape.count }
}

extension Place {
  /// The values of a slot where feature maps have the format `format`.
  init(valuesOf slot: Slot, _ format: NumberFormat) { self.init(.features, slot, format) }

  init(gradientOf slot: Slot, _ format: NumberFormat) { self.init(.featureGradients, slot, format) }

  private init(_ arena: Arena, _ slot: Slot, _ format: NumberFormat) {
    (self.arena, self.slot, offset, shape) = (arena, slot.index, 0, slot.shape)
    self.format = slot.format(format)
  }

  init(_ parameter: Parameter) { self.init(.parameters, offset: parameter.offset, count: parameter.count) }

  init(gradientOf parameter: Parameter) { self.init(.gradients, offset: parameter.offset, count: parameter.count) }

  init(_ statistic: Statistic) { self.init(.statistics, offset: statistic.offset, count: statistic.count) }

  init(_ arena: Arena, offset: Int, count: Int) {
    (self.arena, slot, self.offset, format) = (arena, nil, offset, .fp32)
    shape = Shape(height: 1, width: 1, channels: count)
  }
}

/// Where a gradient goes: it is written, or added where an operation before has written its share.
package struct GradientTarget: Hashable, Sendable {
  package var place: Place
  package internal(set) var accumulates = false

  init(_ place: Place) { self.place = place }
}

/// What an operation does to an operand.
package enum Access: Sendable {
  case read, write
  /// It reads what is there and writes something else.
  case update

  package var reads: Bool { self != .write }
  package var writes: Bool { self != .read }
}
