/** Incident 2: the key of a page in an edge worker lost its segment of the locale, and visitors saw another region's page. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LOCALES } from '#lib/platform/locales.ts'
import { page, workerFixture, type WorkerFixture } from '../../edge/worker/testing/scriptedShop.ts'
import { recordStory, Timeline } from './story/story.ts'

const PRODUCTS = 6

let fixture: WorkerFixture
beforeAll(async () => {
  fixture = await workerFixture()
  fixture.script = ({ url = '' }) => {
    const [, locale = '', , id = ''] = url.split('/')
    return page(`price:${id}@1`, `<html lang="${locale}">${url}</html>`)
  }
}, 60_000)
afterAll(() => fixture.stop())

interface Edge {
  readonly url: string
  stop(): Promise<void>
}

/** An edge that keeps what the shop answers, under the key that `keyOf` makes of the address. */
async function naiveEdge(keyOf: (path: string) => string): Promise<Edge> {
  const kept = new Map<string, string>()
  const { script } = fixture
  const answer = async (request: Parameters<typeof script>[0]) => {
    const key = keyOf(request.url ?? '')
    const body = kept.get(key) ?? (await script(request, 1))?.body ?? ''
    kept.set(key, body)
    return body
  }
  const server = createServer((request, response) => {
    answer(request).then(
      (body) => response.end(body),
      () => response.destroy(),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const withoutLocale = (path: string) => path.replace(/^\/[^/]+/, '')

/** Each page twice in each locale, the locales in turn. @returns the addresses whose visitor saw another one's page */
async function visitAll(url: string, timeline: Timeline): Promise<string[]> {
  const wrong: string[] = []
  for (let round = 1; round <= 2; round++) {
    for (let id = 1; id <= PRODUCTS; id++) {
      for (const [i, locale] of LOCALES.entries()) {
        const path = `/${locale}/products/${id}`
        // Only the address of a visitor counts: each asks in the language of another one.
        const headers = { 'accept-language': LOCALES[(i + 1) % LOCALES.length] ?? '', cookie: `locale=${LOCALES[0]}` }
        const body = await (await fetch(url + path, { headers })).text()
        const isRight = body === `<html lang="${locale}">${path}</html>`
        if (!isRight) wrong.push(path)
        timeline.read(isRight ? 'current' : 'stale')
      }
    }
    timeline.mark(`${PRODUCTS} products read in ${LOCALES.length} locales, time ${round}`)
  }
  return wrong
}

test('shows each visitor the page of the locale that was asked for, when the same product was read in another one', async ({
  task,
}) => {
  const [naive, ours, aware] = [new Timeline(), new Timeline(), new Timeline()]
  const edges = [await naiveEdge(withoutLocale), await naiveEdge((path) => path)] as const
  try {
    const wrong = await visitAll(edges[0].url, naive)
    expect(wrong, 'a key without the locale fails').toHaveLength(2 * PRODUCTS * (LOCALES.length - 1))
    expect(await visitAll(edges[1].url, aware), 'by its key only').toEqual([])
  } finally {
    await Promise.all(edges.map((edge) => edge.stop()))
  }
  expect(await visitAll(fixture.url, ours)).toEqual([])
  // They were kept: what is asked for anew each time is never mixed up.
  for (let id = 1; id <= PRODUCTS; id++)
    for (const locale of LOCALES) {
      const at = `/${locale}/products/${id}`
      await expect.poll(async () => (await fixture.get(at)).cache, { timeout: 15_000 }).toBe('HIT edge')
      expect((await fixture.get(at)).body).toBe(`<html lang="${locale}">${at}</html>`)
    }
  recordStory({
    number: 2,
    lesson: task.name,
    naive,
    ours,
    figures: [
      `pages of another locale ("stale") in ${naive.reads.length} reads: ${naive.count('stale')}, and ${ours.count('stale')}`,
    ],
  })
})
