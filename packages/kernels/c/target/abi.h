/* The interface to TypeScript. scripts/abi.mjs reads these forms in all of c/ and makes src/generated/abi.ts:

       CONSTANT(NAME, 4)                        a number that both sides know
       #define THINGS(X) X(A, a) X(B, b)        names with codes, which are their positions
       STRUCT(Name) { int a; OFFSET(float) b; } a descriptor that TypeScript fills
       EXPORT double f(const Name *n, int k) {  a function that TypeScript calls

   Fields are int, float, double, OFFSET(type) or NULLABLE(type), one declarator or several; a parameter is
   one of the scalars, or a pointer, `_Nullable` where 0 is allowed. */
#ifndef ABI_H
#define ABI_H

#include <stdint.h>

/* clang's word for a parameter that may be 0. */
#ifndef __clang__
#define _Nullable
#endif

/* An addon exports none of them: its callbacks do (addon/addon.c). */
#ifdef __wasm__
#define EXPORT __attribute__((visibility("default")))
#else
#define EXPORT __attribute__((visibility("hidden")))
#endif
#define CONSTANT(name, value) enum { name = value };
/* Codes of the rows of a table X: their positions, also on TypeScript's side. */
#define ENUMERATE(TABLE) TABLE(ENUMERATE_ROW)
#define ENUMERATE_ROW(NAME, name, ...) NAME,
#define STRUCT(name)          \
  typedef struct name name;   \
  struct name

/* Descriptors hold no machine addresses. An array's offset counts bytes from the start of the arena, in 32
   bits. 0 means no array. The empty member carries the type for AT, and takes no room. */
#define OFFSET(type)      \
  union {                 \
    uint32_t offset;      \
    type *pointer[0];       \
  } __attribute__((packed, aligned(4)))
#define NULLABLE(type) OFFSET(type)

/* WebAssembly's memory is the arena, and starts at 0. */
#ifdef __wasm__
#define ARENA(offset) ((void *)(uintptr_t)(offset))
#else
extern __attribute__((visibility("hidden"))) _Thread_local char *arena_base;
#define ARENA(offset) ((offset) ? (void *)(arena_base + (offset)) : (void *)0)
#endif
#define AT(field) ((__typeof__((field).pointer[0] + 0))ARENA((field).offset))

#endif
