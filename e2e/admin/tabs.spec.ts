/** Many tabs of one browser. Over HTTP/1.1 it opens six connections to a server, for all of its tabs together. */
import type { CDPSession, Page } from '@playwright/test'
import { signIn } from '../support/accounts.ts'
import { expect, test } from '../support/test.ts'

const WINDOWS = ['15m', '1h', '24h'] as const
const live = (page: Page) => page.locator('[data-connection=live]')

test('loads an eighth page when seven dashboards are open, and keeps all of them live', async ({ context, page }) => {
  await signIn(page.request)
  const dashboards: Page[] = []
  for (let i = 0; i < 7; i++) {
    const tab = await context.newPage()
    await tab.goto(`/admin/freshness?window=${WINDOWS[i % WINDOWS.length]}`, { timeout: 20_000 })
    dashboards.push(tab)
  }
  await page.goto('/admin/products', { timeout: 20_000 })
  await expect(page.getByRole('heading', { name: 'Prices', level: 1 })).toBeVisible()
  for (const tab of dashboards) {
    await expect(live(tab)).toBeVisible()
    const before = await tab.locator('[data-connection] time').getAttribute('datetime')
    await expect(tab.locator('[data-connection] time')).not.toHaveAttribute('datetime', before ?? '')
  }
})

test('closes the stream of a tab that is hidden, and opens it when the tab is shown again', async ({ page }) => {
  const show = (state: 'visible' | 'hidden') =>
    page.evaluate((visibilityState) => {
      Object.defineProperty(document, 'visibilityState', { value: visibilityState, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, state)
  await signIn(page.request)
  await page.goto('/admin/freshness')
  await expect(live(page)).toBeVisible()
  await show('hidden')
  await expect(page.locator('[data-connection=waiting]')).toBeVisible()
  await show('visible')
  await expect(live(page)).toBeVisible()
})

/** Evaluates in the worker that all tabs share. Playwright knows no shared workers. */
async function inSharedWorker(session: CDPSession, expression: string): Promise<string> {
  const { targetInfos } = await session.send('Target.getTargets')
  const worker = targetInfos.find(({ type }) => type === 'shared_worker')
  const { sessionId } = await session.send('Target.attachToTarget', { targetId: worker?.targetId ?? '' })
  const answer = new Promise<string>((resolve) => {
    session.on('Target.receivedMessageFromTarget', ({ message }) => {
      if (message.includes('"id":1,')) resolve(message)
    })
  })
  const message = JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } })
  await session.send('Target.sendMessageToTarget', { sessionId, message })
  const text = await answer
  await session.send('Target.detachFromTarget', { sessionId })
  return text
}

test('forgets what a tab watched when that tab has crashed', async ({ context, page, browser }) => {
  await signIn(page.request)
  await page.goto('/admin/freshness?window=15m')
  await expect(live(page)).toBeVisible()
  const crashing = await context.newPage()
  await crashing.goto('/admin/freshness?window=24h')
  await expect(live(crashing)).toBeVisible()
  const session = await browser.newBrowserCDPSession()
  await inSharedWorker(
    session,
    `globalThis.opened = []; globalThis.EventSource = class extends EventSource { constructor(url) { super(url); opened.push(url) } }`,
  )
  const crashed = crashing.waitForEvent('crash')
  void (await context.newCDPSession(crashing)).send('Page.crash').catch(() => undefined)
  await crashed
  await expect.poll(() => inSharedWorker(session, 'opened.at(-1)'), { timeout: 10_000 }).toContain('dashboard=15m')
  expect(await inSharedWorker(session, 'opened.at(-1)')).not.toContain('24h')
  await expect(live(page)).toBeVisible()
  await session.detach()
})
