/**
 * Keeps the memory of a web instance small; what L1 keeps is outside of V8's heap, in memory of malloc. `docs/operations/setup.md` says what
 * each of them saves.
 *
 * - V8 lets a heap grow to 1.6 times what lives in it before it collects, with a bound of one gigabyte; next to much memory, without a
 *   bound, to four times.
 * - A small young generation is collected often, and what it holds is small.
 * - glibc keeps an arena for each thread, and each keeps what was freed in it. Buffers of 128 kB and more, such as a page that is being
 *   filled, get memory of their own, which goes back at once: unless it is told so, glibc puts them between what L1 keeps as soon as the
 *   first of them is freed, and the holes stay.
 */
export const WEB_MEMORY = {
  flags: ['--max-old-space-size=1024', '--max-semi-space-size=8', '--heap-growing-percent=25'],
  environment: { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072' },
}
