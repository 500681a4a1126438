/* Whether the processor has the instructions of a level of x86-64 (3: AVX2, 4: AVX-512), and the
   system keeps its registers. */
#ifndef PROCESSOR_H
#define PROCESSOR_H

#ifdef __x86_64__
#include <cpuid.h>

static int all_of(unsigned word, unsigned bits) { return (word & bits) == bits; }

static int has_level(int level) {
  unsigned a, b, c, d, saved = 0;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
  const unsigned first = c, sse4 = 1u << 20 | 1u << 23, avx = 1u << 12 | 1u << 22 | 1u << 27 | 1u << 28 | 1u << 29;
  if (!all_of(first, sse4 | avx)) return 0;
  __asm__ volatile("xgetbv" : "=a"(saved), "=d"(d) : "c"(0));
  const unsigned avx2 = 1u << 3 | 1u << 5 | 1u << 8, avx512 = 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31;
  if (!all_of(saved, 0x06) || !__get_cpuid_count(7, 0, &a, &b, &c, &d) || !all_of(b, avx2)) return 0;
  const unsigned seventh = b;
  if (!__get_cpuid(0x80000001, &a, &b, &c, &d) || !all_of(c, 1u << 5)) return 0;
  return level <= 3 || (all_of(saved, 0xe6) && all_of(seventh, avx512));
}
#else
static int has_level(int level) { return level == 0; }
#endif

#endif
