import Kernels
import Testing

@Suite(.serialized) struct DeterminismTests {
  @Test(arguments: InstructionSet.available)
  func bitsDoNotDependOnTheThreads(set: InstructionSet) {
    let one = AllKernels(threads: 1, set).bits
    for threads in [1, 2, 3, 7] {
      let same = AllKernels(threads: threads, set).bits == one
      #expect(same, "\(threads) threads")
    }
  }

  /// The same in a second, for a processor that is emulated.
  @Test func bitsOfFewImagesDoNotDependOnTheThreads() {
    let same = AllKernels(threads: 2, .avx2, images: 2).bits == AllKernels(threads: 1, .avx2, images: 2).bits
    #expect(same)
  }

  /// The hot loops do the same operations in the same order in both builds. Nothing relies on it, but a difference
  /// would be a miscompilation.
  @Test(.enabled(if: InstructionSet.avx512.isAvailable))
  func bothBuildsOfTheLoopsAgree() {
    let same = AllKernels(threads: 1, .avx2).bits == AllKernels(threads: 1, .avx512).bits
    #expect(same)
  }
}
