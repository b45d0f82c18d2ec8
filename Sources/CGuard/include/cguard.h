#ifndef CAS_CGUARD_H
#define CAS_CGUARD_H

#include <stddef.h>

// A program that links this file has a constructor that runs before its own code: on a processor without
// x86-64-v3 it writes one sentence to standard error and exits with 70, instead of dying of an illegal instruction.

/// The commit this program was built from (CAS_COMMIT at build time), or "unknown". Static storage.
const char *cas_commit(void);

/// The processor's own name, without surrounding blanks, or "unknown processor". Zero-terminated.
void cas_cpu_brand(char out[64]);

/// Writes the names of the parts of x86-64-v3 that this machine lacks, separated by ", " and zero-terminated, and
/// returns how many there are. "AVX state" is the operating system's part: it does not save the wide registers.
int cas_cpu_missing(char *out, size_t capacity);

/// Tells malloc to keep freed blocks of up to 8 MiB, and up to 32 MiB of them in each arena, where it would give each
/// decoded picture's pages back to the system and fetch fresh ones for the next. Environment variables of malloc win.
void cas_keep_freed_memory(void);

/// Lets the system send `signal` to this process when the thread that started it ends (prctl(2), PR_SET_PDEATHSIG).
void cas_end_with_parent(int signal);

/// The x86-64 level (2, 3 or 4) that the importing module itself was compiled for. It is inline so that it sees the
/// importer's -march, which is what CAS_MARCH sets; this target's own C file is always compiled for the baseline.
static inline int cas_compiled_level(void) {
#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512CD__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
  return 4;
#elif defined(__AVX2__) && defined(__FMA__) && defined(__BMI2__) && defined(__F16C__)
  return 3;
#else
  return 2;
#endif
}

#endif
