import type { Strategy } from '../strategy.ts'

/** Each process keeps a page for the TTL and asks again; no writer informs it: `revalidate: 60` in Next's manual. */
export const ttlOnly: Strategy = {
  name: 'TTL only',
  source: 'https://nextjs.org/docs/app/guides/incremental-static-regeneration',
  reader({ ttlMs, render }) {
    const pages = new Map<number, { readonly amount: number; readonly until: number }>()
    return {
      async read(id) {
        const kept = pages.get(id)
        if (kept && kept.until > performance.now()) return kept.amount
        const { amount } = await render(id)
        pages.set(id, { amount, until: performance.now() + ttlMs })
        return amount
      },
    }
  },
  writer: ({ commit }) => ({
    async write(ids) {
      await commit(ids)
    },
  }),
}
