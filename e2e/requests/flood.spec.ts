/** A stranger that asks as fast as it can for what is dear, and a shopper beside it. `npm run flood` asks for more, and for longer. */
import { ATTACKS } from '../../tools/flood/attacks.ts'
import { flood } from '../../tools/flood/flood.ts'
import { startIsolatedShop } from '../support/isolatedShop.ts'
import { expect, test } from '../support/test.ts'

const SECONDS = 2
/** Points of one network a minute. So few that the first clients of a flood use up a burst, however slow the machine is. */
const POINTS = 80
/** The answer that refuses each flood; a picture also when too many wait to be drawn. */
const REFUSED: Readonly<Record<string, readonly number[]>> = {
  'pictures of shared links': [429, 503],
  searches: [429],
  'bodies of 40 MB': [413],
}
/** Generous: the machine may be busy, and the flood runs on it too. A shop without limits takes seconds. */
const TIMES_AT_REST = 10
const SLACK_MS = 150

test('refuses floods of pictures, searches and bodies, and answers every hit beside them', async () => {
  const shop = await startIsolatedShop({ REQUESTS_PER_NETWORK: String(POINTS) })
  try {
    const attacks = ATTACKS.filter(({ name }) => name in REFUSED)
    expect(attacks).toHaveLength(Object.keys(REFUSED).length)
    const page = '/en/categories/chairs'
    const [rest, ...rows] = await flood({ url: shop.url, page, seconds: SECONDS, readsPerSecond: 50, attacks })
    expect(rest?.hits.failed).toBe(0)
    const bound = TIMES_AT_REST * (rest?.hits.p99 ?? 0) + SLACK_MS
    for (const { name, answers, hits } of rows) {
      const { p50, p99, failed } = hits
      const said = [...answers].map(([status, count]) => `${count} × ${status}`).join(', ')
      const description = `${name}: ${said}; a hit ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (at rest ${rest?.hits.p99.toFixed(1)} ms)`
      test.info().annotations.push({ type: 'measured', description })
      expect(
        (REFUSED[name] ?? []).some((status) => answers.has(status)),
        description,
      ).toBe(true)
      expect(failed, description).toBe(0)
      expect(p50, description).toBeLessThan(bound)
    }
  } finally {
    await shop.stop()
  }
})
