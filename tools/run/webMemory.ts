/**
 * Keeps the memory of a web instance small; what L1 keeps is outside of V8's heap, in memory of malloc.
 *
 * - Next to much memory V8 lets a heap grow to four times what lives in it before it collects; with a bound of one gigabyte, to 1.6
 *   times. A small young generation is collected often, and what it holds is small.
 * - glibc keeps an arena for each thread, and each keeps what was freed in it.
 */
export const WEB_MEMORY = {
  flags: ['--max-old-space-size=1024', '--max-semi-space-size=8'],
  environment: { MALLOC_ARENA_MAX: '2' },
}
