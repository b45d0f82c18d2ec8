#ifndef CAS_PEAKS_H
#define CAS_PEAKS_H

// Loops that do nothing but multiply and add in registers, to measure what a processor can do at most. Each runs
// `rounds` rounds and returns the number of floating-point operations done, a multiplication with an addition being
// two. The caller has asked ctiles.h whether the machine has the instructions.

double cas_peak_fma_avx2(long rounds);
double cas_peak_fma_avx512(long rounds);
/// Products of pairs of bf16 numbers, added in fp32 (AVX512-BF16).
double cas_peak_dot_bf16(long rounds);
/// Products of bf16 tiles, added in fp32 (AMX). Returns 0 where the system refuses the tile registers.
double cas_peak_tiles_bf16(long rounds);

#endif
