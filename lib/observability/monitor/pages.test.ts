/** What the monitor says of web instances and their pages, and the watchdog of the monitor. */
import { expect, it } from 'vitest'
import { beat } from '#lib/platform/process/heartbeat.ts'
import { amountsOf } from '#lib/verification/truth.ts'
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

it('knows the amount of each version that Postgres had, of the row and of the history, and of no other', async () => {
  await monitored.change(9, 0)
  const { amountMinor } = await monitored.catalog.db.price.findUniqueOrThrow({ where: { productId: 9 } })
  const shown = [1, 2, 3, Number.NaN].map((version) => ({ productId: 9, version, amountMinor: 1 }))
  const nowhere = { productId: Number.NaN, version: 1, amountMinor: 1 }
  const amount = await amountsOf(monitored.catalog.db, [...shown, nowhere])
  expect(shown.map(({ version }) => amount(9, version))).toEqual([amountMinor - 1, amountMinor, undefined, undefined])
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
