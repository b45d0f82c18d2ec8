#ifndef CAS_CDOTS_H
#define CAS_CDOTS_H

#include <immintrin.h>

// The two bf16 instructions of AVX512-BF16, and what goes with them. A bf16 number is the upper half of a 32-bit float; two of them share a
// 32-bit lane. Only code that is compiled for a processor with them can have these functions inlined.

typedef float cas_float16 __attribute__((ext_vector_type(16)));
typedef unsigned cas_pairs16 __attribute__((ext_vector_type(16)));
typedef unsigned short cas_bfloat16 __attribute__((ext_vector_type(16)));

#define CAS_DOTS __attribute__((always_inline, target("avx512f,avx512bw,avx512vl,avx512bf16")))

// sum + a.low b.low + a.high b.high in every lane, the products exact, denormals read and written as zero.
static inline CAS_DOTS cas_float16 cas_dot(cas_float16 sum, cas_pairs16 a, cas_pairs16 b) {
  return (cas_float16)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b);
}

// To the nearest bf16 number, ties to even.
static inline CAS_DOTS cas_bfloat16 cas_narrow(cas_float16 values) {
  return (cas_bfloat16)_mm512_cvtneps_pbh((__m512)values);
}

// The even and the odd lanes of a, then of b.
static inline CAS_DOTS cas_pairs16 cas_even(cas_pairs16 a, cas_pairs16 b) {
  return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
}

static inline CAS_DOTS cas_pairs16 cas_odd(cas_pairs16 a, cas_pairs16 b) {
  return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}

// The other way, exact.
static inline CAS_DOTS cas_float16 cas_widen(cas_bfloat16 values) {
  return (cas_float16)(__builtin_convertvector(values, cas_pairs16) << 16);
}

// (first, second) in every lane.
static inline CAS_DOTS cas_pairs16 cas_interleave(cas_bfloat16 first, cas_bfloat16 second) {
  return __builtin_convertvector(first, cas_pairs16) | (__builtin_convertvector(second, cas_pairs16) << 16);
}

#undef CAS_DOTS
#endif
