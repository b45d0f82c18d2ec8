import Foundation
import Kernels
import Support
import Testing

@Suite struct InstructionSetTests {
  @Test func withoutAWishTheFastestIsChosen() throws {
    #expect(try InstructionSet.chosen(in: [:]) == InstructionSet.available.last)
    #expect(try InstructionSet.chosen(in: ["CAS_ISA": ""]) == InstructionSet.available.last)
  }

  @Test func theWishIsGranted() throws {
    #expect(try InstructionSet.chosen(in: ["CAS_ISA": "avx2"]) == .avx2)
    for set in [InstructionSet.avx512, .amx] {
      if set.isAvailable {
        #expect(try InstructionSet.chosen(in: ["CAS_ISA": set.rawValue]) == set)
      } else {
        #expect(throws: InstructionSetError.missing(set)) { try InstructionSet.chosen(in: ["CAS_ISA": set.rawValue]) }
      }
    }
  }

  @Test func whatThereIsNotIsAnErrorWithASentence() {
    #expect(throws: InstructionSetError.unknown("sse9")) { try InstructionSet.chosen(in: ["CAS_ISA": "sse9"]) }
    #expect(InstructionSetError.unknown("sse9").description.contains("sse9"))
    #expect(InstructionSetError.missing(.avx512).description.contains("avx512"))
    #expect(InstructionSetError.missing(.amx).description.contains("amx"))
  }

  @Test func tablesSayWhatTheyAre() {
    for set in InstructionSet.available { #expect(KernelTable.table(for: set).instructionSet == set) }
    #expect(!BLAS.coreName.isEmpty && BLAS.configuration.contains("OpenBLAS"))
    #expect(BLAS.isFast(core: "SkylakeX") && !BLAS.isFast(core: "Prescott"))
  }

  /// An OpenBLAS that does not know the processor multiplies with what the processor has all the same.
  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] == nil, "OPENBLAS_CORETYPE is set"),
    .enabled(if: BLAS.configuration.contains("DYNAMIC_ARCH"), "an OpenBLAS for one processor"))
  func blasUsesWhatTheProcessorHas() {
    #expect(BLAS.isFast(core: BLAS.coreName))
    #expect(ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] == nil)
  }

  /// The tables of cases that name no format hold bf16's where there is bf16, at least with emulated tiles.
  @Test(.enabled(if: InstructionSet.available.contains { KernelTable.table(for: $0).supports(.bf16) }, "no bf16"))
  func tablesHaveBF16() {
    #expect(KernelTable.bf16Paths.contains { $0.description == "emulated amx" })
    #expect(LoopPath.available.contains { $0.format == .bf16 })
    #expect(TrainingPath.available.contains { $0.format == .bf16 })
  }
}
