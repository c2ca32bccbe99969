/** Finds barriers of a page: violations of axe's rules, and sideways scrolling. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { SCREENS } from './screens.ts'
import { expect } from './test.ts'

/** @param what names the page in a failure */
export async function expectNoBarrier(page: Page, what: string): Promise<void> {
  // Passed rules are not described: on a long page that takes longer than the rules do.
  const { violations } = await new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).analyze()
  expect(
    violations.map(({ id, nodes }) => `${what}: ${id} ${nodes.map((n) => n.html.slice(0, 120)).join(' | ')}`),
  ).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), what).toBeLessThanOrEqual(
    0,
  )
}

/** The page as it stands, on each of `SCREENS` in turn: it is loaded once. */
export async function expectNoBarrierOnAnyScreen(page: Page, what: string): Promise<void> {
  for (const { screen, settings } of SCREENS) {
    await page.setViewportSize(settings.viewport)
    await page.emulateMedia({ colorScheme: settings.colorScheme })
    // Colours that fade into those of the other scheme are neither.
    await page.evaluate(() =>
      Promise.allSettled(
        document.getAnimations().flatMap((one) => (one instanceof CSSTransition ? [one.finished] : [])),
      ),
    )
    await expectNoBarrier(page, `${what} on ${screen}`)
  }
}
