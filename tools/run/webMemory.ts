/**
 * Keeps the memory of a web instance small; what L1 keeps is outside of V8's heap, in memory of malloc. `docs/operations/setup.md` says what
 * each of them saves.
 *
 * - Without a bound V8 lets a heap grow to four times what lives in it before it collects, next to much memory.
 * - A small young generation is collected often, and what it holds is small.
 * - glibc keeps an arena for each thread, and each keeps what was freed in it.
 *
 * Tried and left out, together a quarter of the reads while 100 prices a second change: `--heap-growing-percent=25`, with which V8
 * collects more often, and `MALLOC_MMAP_THRESHOLD_=131072`, with which each page that is being filled gets fresh memory.
 */
export const WEB_MEMORY = {
  flags: ['--max-old-space-size=1024', '--max-semi-space-size=8'],
  environment: { MALLOC_ARENA_MAX: '2' },
}
