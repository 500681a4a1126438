/* Whether the processor has the instructions that the addon is compiled with (x86-64-v3 on x86-64: AVX2 and
   FMA among them), and the system keeps its registers. */
#ifndef PROCESSOR_H
#define PROCESSOR_H

#ifdef __x86_64__
#include <cpuid.h>

static int all_of(unsigned word, unsigned bits) { return (word & bits) == bits; }

static int processor_fits(void) {
  unsigned a, b, c, d, saved = 0;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
  const unsigned sse4 = 1u << 20 | 1u << 23, avx = 1u << 12 | 1u << 22 | 1u << 27 | 1u << 28 | 1u << 29;
  if (!all_of(c, sse4 | avx)) return 0;
  __asm__ volatile("xgetbv" : "=a"(saved), "=d"(d) : "c"(0));
  const unsigned avx2 = 1u << 3 | 1u << 5 | 1u << 8, lzcnt = 1u << 5;
  if (!all_of(saved, 0x06) || !__get_cpuid_count(7, 0, &a, &b, &c, &d) || !all_of(b, avx2)) return 0;
  return __get_cpuid(0x80000001, &a, &b, &c, &d) && all_of(c, lzcnt);
}
#else
static int processor_fits(void) { return 1; }
#endif

#endif
