/* A pool of threads that work on one call of a kernel together: the caller is thread 0. They are started when
   they are first of use, wait a moment for more work, and sleep then. */
#ifndef THREADS_H
#define THREADS_H

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#ifdef _WIN32
#include <windows.h>
typedef HANDLE Thread;
typedef SRWLOCK Lock;
typedef CONDITION_VARIABLE Signal;
#define lock(l) AcquireSRWLockExclusive(l)
#define unlock(l) ReleaseSRWLockExclusive(l)
#define await(s, l) SleepConditionVariableSRW(s, l, INFINITE, 0)
#define wake_all(s) WakeAllConditionVariable(s)
#define give_way() SwitchToThread()
#else
#include <pthread.h>
#include <sched.h>
typedef pthread_t Thread;
typedef pthread_mutex_t Lock;
typedef pthread_cond_t Signal;
#define lock(l) pthread_mutex_lock(l)
#define unlock(l) pthread_mutex_unlock(l)
#define await(s, l) pthread_cond_wait(s, l)
#define wake_all(s) pthread_cond_broadcast(s)
#define give_way() sched_yield()
#endif
#if defined(__x86_64__)
#define breathe() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define breathe() __asm__ volatile("yield")
#else
#define breathe() (void)0
#endif

typedef void Task(const void *context, int k, int thread);

enum { MOST_THREADS = 256, PATIENCE = 4000 };

typedef struct Pool Pool;
typedef struct {
  Pool *pool;
  int number;
  Thread thread;
} Worker;

struct Pool {
  int threads, started;
  char *base; /* of the arena that the work is on */
  Lock lock;
  Signal signal;
  Worker workers[MOST_THREADS];
  /* The current work. Threads take its parts one by one. `turn` counts works, and 0 ends the threads. `busy`
     counts threads that joined while the work was open. The caller does not wait for late threads. */
  Task *task;
  const void *context;
  int count;
  atomic_int next;
  atomic_uint busy, turn;
};

#define CLOSED 0x80000000u

static _Thread_local Pool *pool_at_hand;

static void take_parts(Pool *pool, int thread) {
  for (int k; (k = atomic_fetch_add(&pool->next, 1)) < pool->count;) pool->task(pool->context, k, thread);
}

static void work(Worker *self) {
  Pool *pool = self->pool;
  unsigned done = 1;
  arena_base = pool->base;
  pool_at_hand = pool;
  for (;;) {
    unsigned turn = atomic_load_explicit(&pool->turn, memory_order_acquire);
    for (int i = 0; turn == done && i < PATIENCE; i++) {
      breathe();
      turn = atomic_load_explicit(&pool->turn, memory_order_acquire);
    }
    if (turn == done) {
      lock(&pool->lock);
      while ((turn = atomic_load_explicit(&pool->turn, memory_order_acquire)) == done) await(&pool->signal, &pool->lock);
      unlock(&pool->lock);
    }
    if (turn == 0) return;
    done = turn;
    unsigned busy = atomic_load(&pool->busy);
    while (!(busy & CLOSED) && !atomic_compare_exchange_weak(&pool->busy, &busy, busy + 1)) {
    }
    if (busy & CLOSED) continue;
    take_parts(pool, self->number);
    atomic_fetch_sub(&pool->busy, 1);
  }
}

#ifdef _WIN32
static DWORD WINAPI begin(LPVOID worker) {
  work(worker);
  return 0;
}
static int start(Worker *worker) { return (worker->thread = CreateThread(0, 0, begin, worker, 0, 0)) != 0; }
static void end(Worker *worker) {
  WaitForSingleObject(worker->thread, INFINITE);
  CloseHandle(worker->thread);
}
#else
static void *begin(void *worker) {
  work(worker);
  return 0;
}
static int start(Worker *worker) { return pthread_create(&worker->thread, 0, begin, worker) == 0; }
static void end(Worker *worker) { pthread_join(worker->thread, 0); }
#endif

static void set_turn(Pool *pool, unsigned turn) {
  lock(&pool->lock);
  atomic_store_explicit(&pool->turn, turn, memory_order_release);
  wake_all(&pool->signal);
  unlock(&pool->lock);
}

static Pool *create_pool(int threads, char *base) {
  Pool *pool = calloc(1, sizeof *pool);
  if (!pool) return 0;
  pool->threads = threads < 1 ? 1 : threads > MOST_THREADS ? MOST_THREADS : threads;
  pool->base = base;
  pool->turn = 1;
  pool->busy = CLOSED;
#ifdef _WIN32
  InitializeSRWLock(&pool->lock);
  InitializeConditionVariable(&pool->signal);
#else
  pthread_mutex_init(&pool->lock, 0);
  pthread_cond_init(&pool->signal, 0);
#endif
  return pool;
}

static void destroy_pool(Pool *pool) {
  if (!pool) return;
  if (pool->started > 0) {
    set_turn(pool, 0);
    for (int i = 0; i < pool->started; i++) end(pool->workers + i);
  }
  free(pool);
}

/* Fewer threads where the system gives no more. */
static void start_all(Pool *pool) {
  while (pool->started < pool->threads - 1) {
    Worker *worker = pool->workers + pool->started;
    worker->pool = pool;
    worker->number = pool->started + 1;
    if (!start(worker)) {
      pool->threads = pool->started + 1;
      return;
    }
    pool->started++;
  }
}

__attribute__((visibility("hidden"))) int thread_count(void) { return pool_at_hand ? pool_at_hand->threads : 1; }

__attribute__((visibility("hidden"))) void in_parallel(int count, Task *task, const void *context) {
  Pool *pool = pool_at_hand;
  if (!pool || pool->threads == 1 || count < 2) {
    for (int k = 0; k < count; k++) task(context, k, 0);
    return;
  }
  start_all(pool);
  pool->task = task;
  pool->context = context;
  pool->count = count;
  atomic_store(&pool->next, 0);
  atomic_store(&pool->busy, 0);
  const unsigned turn = atomic_load(&pool->turn) + 1;
  set_turn(pool, turn ? turn : 1);
  take_parts(pool, 0);
  atomic_fetch_or(&pool->busy, CLOSED);
  for (int i = 0; atomic_load(&pool->busy) != CLOSED; i++) {
    if (i < PATIENCE) breathe();
    else give_way();
  }
}

#endif
