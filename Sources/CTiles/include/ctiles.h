#ifndef CAS_CTILES_H
#define CAS_CTILES_H

#include "peaks.h"

#include <cpuid.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

// What the processor and the operating system can do, asked of both: a processor's feature is of no use when the
// system does not save its registers (Intel SDM volume 1, 13.2 and 15.2).

static inline uint64_t cas_saved_state(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & (1u << 27))) return 0;
  unsigned low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return ((uint64_t)high << 32) | low;
}

static inline int cas_cpu_has_avx2(void) {
  unsigned a, b, c, d;
  if ((cas_saved_state() & 0x6) != 0x6) return 0;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & (1u << 12))) return 0;  // FMA
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  return (b >> 5) & 1;
}

// The five parts that x86-64-v4 asks for: F, DQ, CD, BW, VL.
static inline int cas_cpu_has_avx512(void) {
  unsigned a, b, c, d;
  if ((cas_saved_state() & 0xe6) != 0xe6) return 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  unsigned needed = (1u << 16) | (1u << 17) | (1u << 28) | (1u << 30) | (1u << 31);
  return (b & needed) == needed;
}

static inline int cas_cpu_has_avx512_bf16(void) {
  unsigned a, b, c, d;
  if (!cas_cpu_has_avx512() || !__get_cpuid_count(7, 1, &a, &b, &c, &d)) return 0;
  return (a >> 5) & 1;
}

// Tiles and their bf16 product; the tile registers' permission is asked of the kernel by whoever uses them.
static inline int cas_cpu_has_amx_bf16(void) {
  unsigned a, b, c, d;
  if ((cas_saved_state() & 0x60000) != 0x60000) return 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  return ((d >> 22) & 1) && ((d >> 24) & 1);
}

// The number of processors that this process may run on, 0 when the system does not say. The system call itself,
// because the library's wrapper is hidden from Swift and counts no more than 1024.
static inline int cas_allowed_processors(void) {
  uint64_t mask[1024];
  long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
  int count = 0;
  for (long i = 0; i < bytes / 8; i++) count += __builtin_popcountll(mask[i]);
  return count;
}

// Tells the processor that this is a waiting loop.
static inline void cas_pause(void) { __builtin_ia32_pause(); }

#endif
