#include "peaks.h"

#include <immintrin.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// More independent sums than latency times throughput asks for: 12 of 16 registers with AVX2, 24 of 32 with AVX-512.
enum { SUMS_AVX2 = 12, SUMS_AVX512 = 24 };

__attribute__((target("avx2,fma"))) double cas_peak_fma_avx2(long rounds) {
  __m256 sums[SUMS_AVX2], factor = _mm256_set1_ps(0.5f), term = _mm256_set1_ps(0.25f);
  __asm__("" : "+x"(factor), "+x"(term));
#pragma clang loop unroll(full)
  for (int i = 0; i < SUMS_AVX2; i++) sums[i] = _mm256_set1_ps((float)i);
  for (long round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < SUMS_AVX2; i++) sums[i] = _mm256_fmadd_ps(sums[i], factor, term);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < SUMS_AVX2; i++) __asm__ volatile("" : : "x"(sums[i]));
  return 2.0 * 8 * SUMS_AVX2 * (double)rounds;
}

__attribute__((target("avx512f"))) double cas_peak_fma_avx512(long rounds) {
  __m512 sums[SUMS_AVX512], factor = _mm512_set1_ps(0.5f), term = _mm512_set1_ps(0.25f);
  __asm__("" : "+v"(factor), "+v"(term));
#pragma clang loop unroll(full)
  for (int i = 0; i < SUMS_AVX512; i++) sums[i] = _mm512_set1_ps((float)i);
  for (long round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < SUMS_AVX512; i++) sums[i] = _mm512_fmadd_ps(sums[i], factor, term);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < SUMS_AVX512; i++) __asm__ volatile("" : : "v"(sums[i]));
  return 2.0 * 16 * SUMS_AVX512 * (double)rounds;
}

__attribute__((target("avx512f,avx512bf16"))) double cas_peak_dot_bf16(long rounds) {
  __m512 sums[SUMS_AVX512];
  __m512bh left = (__m512bh)_mm512_set1_epi16(0x3f80), right = left;  // 1
  __asm__("" : "+v"(left), "+v"(right));
#pragma clang loop unroll(full)
  for (int i = 0; i < SUMS_AVX512; i++) sums[i] = _mm512_set1_ps((float)i);
  for (long round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < SUMS_AVX512; i++) sums[i] = _mm512_dpbf16_ps(sums[i], left, right);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < SUMS_AVX512; i++) __asm__ volatile("" : : "v"(sums[i]));
  return 2.0 * 32 * SUMS_AVX512 * (double)rounds;
}

// The configuration of the tile registers (Intel SDM volume 1, 18.3): palette 1, eight tiles of 16 rows of 64 bytes.
struct tiles {
  uint8_t palette, start_row, reserved[14];
  uint16_t bytes_per_row[16];
  uint8_t rows[16];
};

__attribute__((target("amx-tile,amx-bf16"))) double cas_peak_tiles_bf16(long rounds) {
  enum { request_permission = 0x1023, tile_data = 18 };  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  if (syscall(SYS_arch_prctl, request_permission, tile_data) != 0) return 0;
  struct tiles tiles;
  memset(&tiles, 0, sizeof tiles);
  tiles.palette = 1;
  for (int i = 0; i < 8; i++) {
    tiles.bytes_per_row[i] = 64;
    tiles.rows[i] = 16;
  }
  uint16_t ones[512];
  for (int i = 0; i < 512; i++) ones[i] = 0x3f80;
  _tile_loadconfig(&tiles);
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  _tile_loadd(4, ones, 64);
  _tile_loadd(5, ones, 64);
  _tile_loadd(6, ones, 64);
  _tile_loadd(7, ones, 64);
  for (long round = 0; round < rounds; round++) {
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  _tile_release();
  return 4 * 2.0 * 16 * 16 * 32 * (double)rounds;
}
