/* Reserves address space. Pages get memory only when they are committed. */
#ifndef SPACE_H
#define SPACE_H

#include <stddef.h>
#ifdef _WIN32
#include <windows.h>
static void *reserve(size_t size) { return VirtualAlloc(0, size, MEM_RESERVE, PAGE_NOACCESS); }
static int commit(void *base, size_t size) { return VirtualAlloc(base, size, MEM_COMMIT, PAGE_READWRITE) != 0; }
static void give_back(void *base, size_t size) {
  (void)size;
  VirtualFree(base, 0, MEM_RELEASE);
}
#else
#include <sys/mman.h>
static void *reserve(size_t size) {
  void *base = mmap(0, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return base == MAP_FAILED ? 0 : base;
}
static int commit(void *base, size_t size) { return mprotect(base, size, PROT_READ | PROT_WRITE) == 0; }
static void give_back(void *base, size_t size) { munmap(base, size); }
#endif

#endif
