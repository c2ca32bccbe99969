/** Files that people really have, through each step of the import: the pages show what lib/pricing/testing/importedFiles.ts says of them. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { z } from 'zod'
import { ASKED, type Expected, TAKEN } from '#lib/pricing/testing/importedFiles.ts'
import { signIn } from '../support/accounts.ts'
import type { Database } from '../support/database.ts'
import { expect, test } from '../support/test.ts'

const FIXTURES = path.join(import.meta.dirname, '../../lib/pricing/bulk/csv/fixtures')
/** Products that no other file of tests takes. Nothing is approved here: prices stay as they are. */
const FIRST = 114
/** An empty compare-at price depends on the prices of now: bulk-import.spec.ts has it. */
const FILES = [
  'blank-rows.csv',
  'rows-that-end-early.csv',
  'magento.csv',
  'float-noise.csv',
  'shopify.csv',
  'google-merchant.tsv',
  'compare-at-price.csv',
  'special-price.csv',
  'german.csv',
  'german-groups-euro.csv',
  'unicode-text.txt',
  'unicode-text-no-mark.txt',
  'long-description.csv',
  'inch-mark.csv',
  'trailing-blank.csv',
]

/** The SKUs of the files, by product, with those of this catalog in their place. */
async function skusFor(database: Database): Promise<Map<string, string>> {
  const kinds = ['CHR', 'LMP', 'MUG', 'HPH', 'SNK', 'BAG', 'SOF', 'VAS', 'KET']
  const products = await Promise.all(kinds.map((_kind, i) => database.plainProduct(FIRST + i)))
  return new Map(kinds.map((kind, i) => [`${kind}-00000${i + 1}`, products[i]?.sku ?? '']))
}

const wide = (text: string) => [...text].join('\0')

function withSkus(text: string, skus: ReadonlyMap<string, string>): string {
  return [...skus].reduce((all, [from, to]) => all.replaceAll(from, to).replaceAll(wide(from), wide(to)), text)
}

async function answerQuestions(page: Page, name: string): Promise<void> {
  const { asks, answers } = ASKED[name] ?? { asks: {} }
  const ids = Object.keys(asks)
  if (ids.length === 0) return
  const questions = page.getByRole('region', { name: 'Questions about the file' })
  await expect(questions.getByRole('group')).toHaveCount(ids.length)
  for (const id of ids) await expect(questions.locator(`input[name="${id}"]:checked`)).toHaveCount(1)
  for (const left of answers?.ignore ?? [])
    await questions.getByRole('radio', { name: `"${left}" is left out` }).check()
  await questions.getByRole('button', { name: 'Read with these answers' }).click()
}

/** @returns the address of the preview; undefined where there is nothing to preview */
async function expectOutcome(page: Page, { rows, errors = [], ignored, note }: Expected): Promise<string | undefined> {
  const outcome = page.getByRole('region', { name: 'What was read' })
  const said = errors.length === 0 ? `${rows} row` : `${errors.length} row`
  await expect(outcome.getByRole('alert')).toContainText(said)
  await expect(outcome.getByRole('alert')).toContainText(
    errors.length === 0 ? 'read.' : `of ${rows} could not be taken.`,
  )
  for (const [line, word] of errors)
    await expect(outcome.getByRole('row', { name: new RegExp(`^${line} .*${word}`) })).toBeVisible()
  if (ignored) await expect(outcome).toContainText(`Left out: ${ignored.join(', ')}.`)
  if (note !== undefined) await expect(outcome).toContainText(note)
  const [on] = await outcome.getByRole('link', { name: /^Go on/ }).all()
  return (await on?.getAttribute('href')) ?? undefined
}

const previewed = z.object({
  rows: z.array(z.object({ sku: z.string(), newAmountCents: z.int(), newCompareAtCents: z.int().nullable() })),
})

/** As the preview page reads them: opening it for each file takes longer than all of the rest. */
async function expectPreviewed(page: Page, address: string, prices: string, skus: readonly string[]): Promise<void> {
  const { pathname } = new URL(address, page.url())
  const answer = await page.request.get(`/api${pathname.replace('/bulk/', '/bulk-edits/')}/rows`)
  const { rows } = previewed.parse(await answer.json())
  for (const price of prices.split('; ')) {
    const [product, amount, compareAt] = price.split(' ')
    const row = rows.find(({ sku }) => sku === skus[Number(product) - 1])
    expect(row).toMatchObject({
      newAmountCents: Number(amount),
      ...(compareAt !== undefined && { newCompareAtCents: compareAt === 'null' ? null : Number(compareAt) }),
    })
  }
}

test('shows of each file what is read of it, asked about it and refused, and previews the rest', async ({
  page,
  database,
}) => {
  await signIn(page.request)
  const skus = await skusFor(database)
  for (const name of FILES) {
    await test.step(name, async () => {
      const expected = TAKEN[name] ?? ASKED[name]
      if (!expected) throw new Error('The file is in no table.')
      const text = withSkus(await readFile(path.join(FIXTURES, name), 'latin1'), skus)
      if (!page.url().endsWith('/admin/bulk/import')) await page.goto('/admin/bulk/import')
      await page
        .getByLabel('CSV file')
        .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text, 'latin1') })
      await page.getByLabel('Why').fill('A price list')
      await page.getByRole('button', { name: 'Read and preview' }).click()
      await answerQuestions(page, name)
      const outcome = page.getByRole('region', { name: 'What was read' })
      const preview = page.getByRole('region', { name: 'Rows', exact: true })
      await expect(outcome.or(preview)).toBeVisible()
      const errors = expected.errors?.map(([line, word]) => [line, withSkus(word, skus)] as const)
      const isOutcome = await outcome.isVisible()
      if (!isOutcome) await expect(preview).toContainText(`${expected.rows} rows`)
      const address = isOutcome ? await expectOutcome(page, { ...expected, ...(errors && { errors }) }) : page.url()
      expect(address !== undefined, 'there is a preview').toBe(expected.prices !== '')
      if (address !== undefined) await expectPreviewed(page, address, expected.prices, [...skus.values()])
    })
  }
})
