/* Work in parts that do not touch each other's outputs, on the threads that the memory has: what each part
   computes does not depend on who does it, nor when. */
#ifndef PARALLEL_H
#define PARALLEL_H

#include "target/target.h"

/* Part k; thread: who does it, from 0, for scratch of its own. */
typedef void Task(const void *context, int k, int thread);

#ifdef __wasm__
INLINE int thread_count(void) { return 1; }
INLINE void in_parallel(int count, Task *task, const void *context) {
  for (int k = 0; k < count; k++) task(context, k, 0);
}
#else
/* Defined in addon/threads.h. */
SHARED int thread_count(void);
SHARED void in_parallel(int count, Task *task, const void *context);
#endif

/* Part k of `count`, of `size` numbers in steps of `step`: where it begins. */
INLINE int part_from(int k, int count, int size, int step) {
  const int steps = (size + step - 1) / step, from = (int)((int64_t)steps * k / count) * step;
  return from < size ? from : size;
}

/* Parts of so many numbers, each worth its start. */
INLINE int part_count(int size) {
  const int most = size / 8192, threads = thread_count();
  return most < 1 ? 1 : most < threads ? most : threads;
}

#endif
