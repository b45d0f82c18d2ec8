import Kernels
import Testing

@Suite struct InstructionSetTests {
  @Test func withoutAWishTheFastestIsChosen() throws {
    #expect(try InstructionSet.chosen(in: [:]) == InstructionSet.available.last)
    #expect(try InstructionSet.chosen(in: ["CAS_ISA": ""]) == InstructionSet.available.last)
  }

  @Test func theWishIsGranted() throws {
    #expect(try InstructionSet.chosen(in: ["CAS_ISA": "avx2"]) == .avx2)
    if InstructionSet.avx512.isAvailable {
      #expect(try InstructionSet.chosen(in: ["CAS_ISA": "avx512"]) == .avx512)
    } else {
      #expect(throws: InstructionSetError.missing(.avx512)) { try InstructionSet.chosen(in: ["CAS_ISA": "avx512"]) }
    }
  }

  @Test func whatThereIsNotIsAnErrorWithASentence() {
    #expect(throws: InstructionSetError.unknown("sse9")) { try InstructionSet.chosen(in: ["CAS_ISA": "sse9"]) }
    #expect(throws: InstructionSetError.noMatrixKernels) { try InstructionSet.chosen(in: ["CAS_ISA": "amx"]) }
    #expect(InstructionSetError.unknown("sse9").description.contains("sse9"))
    #expect(InstructionSetError.noMatrixKernels.description.contains("this build has no AMX kernels"))
    #expect(InstructionSetError.missing(.avx512).description.contains("avx512"))
  }

  @Test func tablesSayWhatTheyAre() {
    for set in InstructionSet.available { #expect(KernelTable.table(for: set).instructionSet == set) }
    #expect(!BLAS.coreName.isEmpty && BLAS.configuration.contains("OpenBLAS"))
  }
}
