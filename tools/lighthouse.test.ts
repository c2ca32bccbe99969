/** `npm run lighthouse` fails when a score is below its budget. */
import { expect, it } from 'vitest'
import { budgetsOf, sentenceOf, type AuditedPage, type PageScores } from '../bench/lighthouse/budgets.ts'

const FULL = { performance: 100, accessibility: 100, 'best-practices': 100, seo: 100 }

/** @param scores those that are not full */
const on = (form: PageScores['form'], page: AuditedPage, scores: Partial<typeof FULL> = {}): PageScores => ({
  page,
  form,
  scores: new Map(Object.entries({ ...FULL, ...scores })),
})
const judged = (...audited: PageScores[]) => sentenceOf(budgetsOf(audited))

it('is content with 98 for performance on a phone, and with 100 for the rest', () => {
  const home = { name: 'home' }
  expect(judged(on('phone', home, { performance: 98 }), on('desktop', home))).toBeUndefined()
})

it('names each page, device and category below its budget, with the score and the budget', () => {
  const phone = on('phone', { name: 'category' }, { performance: 97, seo: 99 })
  const desktop = on('desktop', { name: 'home' }, { performance: 99 })
  expect(judged(phone, desktop, on('desktop', { name: 'product' }))).toBe(
    'Lighthouse gives less than the budget: category on a phone, performance: 97, at least 98; category on a phone, seo: 99, at least 100; home on a desktop, performance: 99, at least 100.',
  )
})

it('asks a page that is not to be found for everything but being found', () => {
  const cart = { name: 'cart', noindex: true }
  expect(judged(on('desktop', cart, { seo: 69 }))).toBeUndefined()
  expect(judged(on('desktop', cart, { accessibility: 99 }))).toContain('cart on a desktop, accessibility: 99')
})

it('takes a score that Lighthouse did not give for one below the budget', () => {
  expect(judged({ page: { name: 'home' }, form: 'desktop', scores: new Map() })).toContain('seo: NaN')
})
