/** What the monitor says of web instances and their pages, and the watchdog of the monitor. */
import { expect, it } from 'vitest'
import { beat } from '#lib/platform/heartbeat.ts'
import { judgeShown } from './judgeShown.ts'
import { watchMonitor } from './watchdog.ts'
import { webCheck } from './checks/webCheck.ts'
import { monitoredShop } from './testing/monitoredShop.ts'

const monitored = monitoredShop()

it('an instance that does not answer twice in a row is told, and one page that it builds over and over', async () => {
  const alive = monitored.webUrl
  const { slug } = await monitored.catalog.db.product.findUniqueOrThrow({ where: { id: 8 } })
  monitored.metricsText = `evergreen_page_misses_last_minute{page="/en/products/${slug}"} 45\n`
  const check = webCheck()
  const webUrls = [alive, 'http://127.0.0.1:1']
  expect((await monitored.findings(check, { webUrls })).map(({ kind }) => kind)).toEqual(['miss-burst'])
  expect(await monitored.findings(check, { webUrls })).toMatchObject([
    { kind: 'layer-unreachable', detail: { layer: 'page', url: 'http://127.0.0.1:1' } },
    { kind: 'miss-burst', detail: { productId: 8, misses: 45 } },
  ])
})

it('a price on a page is judged by the history: older than before the read, never there, or another amount', async () => {
  await monitored.change(9, 0)
  const { amountCents } = await monitored.catalog.db.price.findUniqueOrThrow({ where: { productId: 9 } })
  const shown = (version: number, amount: number) =>
    judgeShown(monitored.catalog.db, [{ productId: 9, version, amountCents: amount }], new Map([[9, 2]]))
  expect(await shown(2, amountCents)).toEqual([])
  expect(await shown(2, amountCents + 1)).toMatchObject([{ why: 'torn', expected: `${amountCents} cents` }])
  expect(await shown(1, amountCents - 1)).toMatchObject([{ why: 'behind' }])
  expect(await shown(3, amountCents)).toMatchObject([{ why: 'invented' }])
  expect(await shown(NaN, NaN)).toMatchObject([{ why: 'invented' }])
})

it('the watchdog tells of a silent monitor, gives one that is starting its time, and resolves by itself', async () => {
  const open = () => monitored.catalog.db.alert.findMany({ where: { kind: 'monitor-silent', resolvedAt: null } })
  await watchMonitor(monitored.catalog.db, 1_000, 500)
  expect(await open()).toEqual([])
  await watchMonitor(monitored.catalog.db, 1_000, 5_000)
  expect(await open()).toMatchObject([{ severity: 'critical', detail: { silent: ['monitor'] } }])
  await watchMonitor(monitored.catalog.db, 1_000, 500) // an instance that was restarted
  expect(await open()).toHaveLength(1)
  await beat(monitored.catalog.db, 'monitor')
  await watchMonitor(monitored.catalog.db, 1_000, 5_000)
  expect(await open()).toEqual([])
})
