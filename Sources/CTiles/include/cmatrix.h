#ifndef CAS_CMATRIX_H
#define CAS_CMATRIX_H

#include <immintrin.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

// The tile instructions of AMX (Intel SDM volume 2, chapter 18 of volume 1). A tile's number is a part of the
// instruction, so the numbers given here must be constants where the functions are inlined. Only code that is compiled
// for a processor with tiles can have them inlined.

#define CAS_MATRIX static inline __attribute__((always_inline, target("amx-tile,amx-bf16"))) void

#define CAS_EACH_TILE(case_) case_(0) case_(1) case_(2) case_(3) case_(4) case_(5) case_(6) case_(7)

// Eight tiles: `sums` rows of `columns` floats in 0 to 3, `sums` rows of `depth` pairs in 4 and 5, `depth` rows of
// `columns` pairs in 6 and 7. All three lie between 1 and 16.
CAS_MATRIX cas_tiles_configure(long sums, long columns, long depth) {
  struct {
    uint8_t palette, start, reserved[14];
    uint16_t bytes[16];
    uint8_t rows[16];
  } layout = {.palette = 1};
  for (int tile = 0; tile < 8; tile++) {
    layout.bytes[tile] = (uint16_t)(4 * (tile / 2 == 2 ? depth : columns));
    layout.rows[tile] = (uint8_t)(tile / 2 == 3 ? depth : sums);
  }
  _tile_loadconfig(&layout);
}

CAS_MATRIX cas_tiles_release(void) { _tile_release(); }

CAS_MATRIX cas_tile_clear(long tile) {
#define CAS_CASE(number) case number: _tile_zero(number); break;
  switch (tile) { CAS_EACH_TILE(CAS_CASE) }
#undef CAS_CASE
}

CAS_MATRIX cas_tile_load(long tile, const void *first, long pitch) {
#define CAS_CASE(number) case number: _tile_loadd(number, first, pitch); break;
  switch (tile) { CAS_EACH_TILE(CAS_CASE) }
#undef CAS_CASE
}

CAS_MATRIX cas_tile_store(long tile, void *first, long pitch) {
#define CAS_CASE(number) case number: _tile_stored(number, first, pitch); break;
  switch (tile) { CAS_EACH_TILE(CAS_CASE) }
#undef CAS_CASE
}

// sums += left times right, for sums 0 to 3, left 4 and 5, right 6 and 7.
CAS_MATRIX cas_tile_multiply(long sums, long left, long right) {
#define CAS_CASE(number)                                     \
  case 4 * number + 0: _tile_dpbf16ps(number, 4, 6); break;  \
  case 4 * number + 1: _tile_dpbf16ps(number, 4, 7); break;  \
  case 4 * number + 2: _tile_dpbf16ps(number, 5, 6); break;  \
  case 4 * number + 3: _tile_dpbf16ps(number, 5, 7); break;
  switch (4 * sums + 2 * (left - 4) + (right - 6)) { CAS_CASE(0) CAS_CASE(1) CAS_CASE(2) CAS_CASE(3) }
#undef CAS_CASE
}

#undef CAS_EACH_TILE
#undef CAS_MATRIX

// Asks Linux to save the tiles of this process's threads; without it their first use ends the process. Returns whether
// it agreed (5.16 and newer do).
static inline int cas_tiles_permitted(void) {
  enum { request_permission = 0x1023, tile_data = 18 };
  return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}

#endif
