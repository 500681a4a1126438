/* The kernels as a Node-API addon: an object whose functions take what the WebAssembly module's take, and
   which is their memory too, with the `buffer` and `grow` of a WebAssembly.Memory. This file is compiled for
   any processor of the architecture, the kernels beside it for one instruction set. */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <node_api.h>
#include <stdint.h>
#include <stdlib.h>
#include "processor.h"
#include "space.h"

__attribute__((visibility("hidden"))) _Thread_local char *arena_base;

#include "threads.h"

enum { PAGE = 65536, FIRST_PAGES = 4 };
/* Offsets have 32 bits. Address space alone is reserved: pages become memory as they are written. */
#define MOST_BYTES (1ull << 32)

/* Held by the object and by each of its buffers that is not yet collected. */
typedef struct {
  char *base;
  size_t size;
  int holders;
  Pool *pool;
} Memory;

static void release(napi_env env, void *data, void *hint) {
  (void)env, (void)data;
  Memory *memory = hint;
  if (--memory->holders > 0) return;
  destroy_pool(memory->pool);
  give_back(memory->base, MOST_BYTES);
  free(memory);
}

/* A buffer over all that is in use becomes the object's; the one before is detached. */
static int expose(napi_env env, napi_value object, Memory *memory, size_t size) {
  napi_value before, buffer;
  if (!commit(memory->base, size)) return 0;
  if (napi_create_external_arraybuffer(env, memory->base, size, release, memory, &buffer) != napi_ok) return 0;
  memory->holders++;
  if (memory->size > 0) {
    if (napi_get_named_property(env, object, "buffer", &before) != napi_ok) return 0;
    if (napi_detach_arraybuffer(env, before) != napi_ok) return 0;
  }
  memory->size = size;
  return napi_set_named_property(env, object, "buffer", buffer) == napi_ok;
}

static napi_value grow(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value object, pages;
  Memory *memory;
  uint32_t more;
  if (napi_get_cb_info(env, info, &count, &pages, &object, (void **)&memory) != napi_ok) return 0;
  if (count < 1 || napi_get_value_uint32(env, pages, &more) != napi_ok) {
    napi_throw_type_error(env, 0, "grow: expected a number of pages");
    return 0;
  }
  const uint64_t size = memory->size + (uint64_t)more * PAGE;
  if (size > MOST_BYTES || !expose(env, object, memory, size)) napi_throw_range_error(env, 0, "grow: no more memory");
  return 0;
}

/* The arguments of a kernel, whose arrays lie in the memory of the object that the function belongs to. */
static int enter(napi_env env, napi_callback_info info, size_t expected, napi_value *values) {
  size_t count = expected;
  Memory *memory;
  if (napi_get_cb_info(env, info, &count, values, 0, (void **)&memory) != napi_ok) return 0;
  if (count < expected) {
    napi_throw_type_error(env, 0, "kernels: too few arguments");
    return 0;
  }
  arena_base = memory->base;
  pool_at_hand = memory->pool;
  return 1;
}

/* Conversions as WebAssembly has them; what is not a number is refused. */
static int32_t int_of(napi_env env, napi_value value, int *valid) {
  int32_t x = 0;
  *valid &= napi_get_value_int32(env, value, &x) == napi_ok;
  return x;
}
static double double_of(napi_env env, napi_value value, int *valid) {
  double x = 0;
  *valid &= napi_get_value_double(env, value, &x) == napi_ok;
  return x;
}
static float float_of(napi_env env, napi_value value, int *valid) { return (float)double_of(env, value, valid); }
static void *pointer_of(napi_env env, napi_value value, int *valid) {
  const uint32_t offset = (uint32_t)int_of(env, value, valid);
  return offset ? arena_base + offset : 0;
}
static napi_value refuse(napi_env env, const char *name) {
  napi_throw_type_error(env, 0, name);
  return 0;
}
static napi_value number_of(napi_env env, double x) {
  napi_value value = 0;
  napi_create_double(env, x, &value);
  return value;
}

typedef struct {
  const char *name;
  napi_callback call;
} Function;
/* Made by scripts/build-native.mjs: a callback for each kernel, and their table `functions`. */
#include "functions.h"

/* create(threads) */
static napi_value create(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value object, function, given;
  int32_t threads;
  if (napi_get_cb_info(env, info, &count, &given, 0, 0) != napi_ok) return 0;
  if (count < 1 || napi_get_value_int32(env, given, &threads) != napi_ok)
    return refuse(env, "create: expected a number of threads");
  Memory *memory = calloc(1, sizeof *memory);
  if (!memory) return refuse(env, "kernels: no memory");
  memory->base = reserve(MOST_BYTES);
  if (!memory->base) {
    free(memory);
    return refuse(env, "kernels: no address space for the memory");
  }
  memory->pool = create_pool(threads, memory->base);
  if (napi_create_object(env, &object) != napi_ok ||
      napi_wrap(env, object, memory, release, memory, 0) != napi_ok) {
    give_back(memory->base, MOST_BYTES);
    destroy_pool(memory->pool);
    free(memory);
    return 0;
  }
  memory->holders = 1;
  if (!expose(env, object, memory, FIRST_PAGES * PAGE)) return refuse(env, "kernels: no buffer over the memory");
  if (napi_create_function(env, "grow", NAPI_AUTO_LENGTH, grow, memory, &function) != napi_ok) return 0;
  if (napi_set_named_property(env, object, "grow", function) != napi_ok) return 0;
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    const Function *f = functions + i;
    if (napi_create_function(env, f->name, NAPI_AUTO_LENGTH, f->call, memory, &function) != napi_ok) return 0;
    if (napi_set_named_property(env, object, f->name, function) != napi_ok) return 0;
  }
  return object;
}

NAPI_MODULE_INIT() {
  napi_value value;
  if (napi_create_string_utf8(env, SOURCE_VERSION, NAPI_AUTO_LENGTH, &value) != napi_ok) return 0;
  if (napi_set_named_property(env, exports, "version", value) != napi_ok) return 0;
  if (napi_get_boolean(env, processor_fits(), &value) != napi_ok) return 0;
  if (napi_set_named_property(env, exports, "supported", value) != napi_ok) return 0;
  if (napi_create_function(env, "create", NAPI_AUTO_LENGTH, create, 0, &value) != napi_ok) return 0;
  if (napi_set_named_property(env, exports, "create", value) != napi_ok) return 0;
  return exports;
}
