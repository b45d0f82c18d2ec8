// Compiled for the x86-64 baseline: nothing here may need the instruction sets that it checks for.
#include "cguard.h"

#if !defined(__x86_64__)
#error "cas runs on x86-64 only: its kernels are written for AVX2 and AVX-512."
#endif

#include <cpuid.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#ifndef CAS_COMMIT
#define CAS_COMMIT unknown
#endif
#define CAS_TEXT_OF(token) #token
#define CAS_TEXT(token) CAS_TEXT_OF(token)

enum { leaf1_ecx, leaf7_ebx, extended1_ecx, word_count };

// x86-64-v3, as the x86-64 psABI (version 1.0, table 3.1) lists it, v2 included.
static const struct {
  const char *name;
  int word;
  int bit;
} required[] = {
    {"SSE3", leaf1_ecx, 0},   {"SSSE3", leaf1_ecx, 9},  {"SSE4.1", leaf1_ecx, 19}, {"SSE4.2", leaf1_ecx, 20},
    {"POPCNT", leaf1_ecx, 23}, {"CX16", leaf1_ecx, 13}, {"AVX", leaf1_ecx, 28},    {"AVX2", leaf7_ebx, 5},
    {"BMI1", leaf7_ebx, 3},   {"BMI2", leaf7_ebx, 8},   {"F16C", leaf1_ecx, 29},   {"FMA", leaf1_ecx, 12},
    {"LZCNT", extended1_ecx, 5}, {"MOVBE", leaf1_ecx, 22},
};


const char *cas_commit(void) { return CAS_TEXT(CAS_COMMIT); }

static void append(char *out, size_t capacity, size_t *length, const char *text) {
  while (*text && *length + 1 < capacity) out[(*length)++] = *text++;
  if (capacity > 0) out[*length] = 0;
}

// Bits 1 and 2 of XCR0: the operating system saves the xmm and ymm registers.
static int saves_wide_registers(unsigned leaf1) {
  if (!(leaf1 >> 27 & 1)) return 0;
  unsigned low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (low & 6) == 6;
}

int cas_cpu_missing(char *out, size_t capacity) {
  unsigned words[word_count] = {0}, eax, ebx, ecx, edx;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx)) words[leaf1_ecx] = ecx;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) words[leaf7_ebx] = ebx;
  if (__get_cpuid(0x80000001, &eax, &ebx, &ecx, &edx)) words[extended1_ecx] = ecx;

  int missing = 0;
  size_t length = 0;
  append(out, capacity, &length, "");
  for (size_t at = 0; at < sizeof required / sizeof required[0]; at++) {
    if (words[required[at].word] >> required[at].bit & 1) continue;
    if (missing++) append(out, capacity, &length, ", ");
    append(out, capacity, &length, required[at].name);
  }
  // Without AVX there is no such state to save, and its absence says nothing new.
  if ((words[leaf1_ecx] >> 28 & 1) && !saves_wide_registers(words[leaf1_ecx])) {
    if (missing++) append(out, capacity, &length, ", ");
    append(out, capacity, &length, "AVX state");
  }
  return missing;
}

void cas_cpu_brand(char out[64]) {
  unsigned words[13] = {0};
  for (unsigned part = 0; part < 3; part++) {
    unsigned *at = words + 4 * part;
    if (!__get_cpuid(0x80000002 + part, at, at + 1, at + 2, at + 3)) {
      strcpy(out, "unknown processor");
      return;
    }
  }
  const char *name = (const char *)words;
  while (*name == ' ') name++;
  size_t length = strlen(name);
  while (length > 0 && name[length - 1] == ' ') length--;
  memcpy(out, name, length);
  out[length] = 0;
  if (length == 0) strcpy(out, "unknown processor");
}

void cas_keep_freed_memory(void) {
#ifdef M_MMAP_THRESHOLD
  if (!getenv("MALLOC_MMAP_THRESHOLD_")) mallopt(M_MMAP_THRESHOLD, 8 << 20);
  if (!getenv("MALLOC_TRIM_THRESHOLD_")) mallopt(M_TRIM_THRESHOLD, 32 << 20);
#endif
}

void cas_end_with_parent(int signal) { prctl(PR_SET_PDEATHSIG, signal); }

// 101 is the first priority that a program may use: before every other constructor of the executable.
__attribute__((constructor(101), used)) static void check_processor(void) {
  char missing[160], brand[64], sentence[640];
  if (cas_cpu_missing(missing, sizeof missing) == 0) return;
  cas_cpu_brand(brand);
  size_t length = 0;
  append(sentence, sizeof sentence, &length, "cas: this machine (");
  append(sentence, sizeof sentence, &length, brand);
  append(sentence, sizeof sentence, &length, ") lacks ");
  append(sentence, sizeof sentence, &length, missing);
  append(sentence, sizeof sentence, &length,
         ", which this program is compiled for (x86-64-v3): run it on a processor with AVX2 and FMA (Intel since "
         "Haswell, AMD since Excavator), and in a virtual machine let the guest see the host's processor.\n");
  ssize_t written = write(STDERR_FILENO, sentence, length);
  (void)written;
  _exit(70);
}
