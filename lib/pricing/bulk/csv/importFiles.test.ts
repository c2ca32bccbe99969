import { createReadStream, readdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { type SeededDatabase, seededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { understood } from '../../testing/csvFiles.ts'
import { ASKED, type Expected, TAKEN } from '../../testing/importedFiles.ts'
import { type AnswerParameter, importAnswers, type ImportAnswers, type ImportQuestion } from './questions.ts'
import { type CsvPrices, type CsvQuestions, type ReadOptions, readPrices } from './readPrices.ts'

const FIXTURES = path.join(import.meta.dirname, 'fixtures')

let database: SeededDatabase
beforeAll(async () => {
  database = await seededDatabase(20)
  stubEnvironment({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1' })
  for (const [id, sku] of [
    [12, '000123'],
    [13, '000124'],
    [14, '0125'],
  ] as const)
    await db().product.update({ where: { id }, data: { sku } })
})
afterAll(async () => {
  await db().$disconnect()
  vi.unstubAllEnvs()
  await database.drop()
})

const file = (name: string) => createReadStream(path.join(FIXTURES, name), { highWaterMark: 1_000 })
const read = (name: string, answers: ReadOptions['answers'] = {}) => readPrices(file(name), { answers })

function expectTaken(found: CsvPrices | CsvQuestions, expected: Expected): void {
  const { rows, cells, sales, errors, ignoredColumns, notes } = understood(found)
  const words = (some: typeof cells) =>
    some
      .map(({ productId, amountCents, compareAtCents }) =>
        [productId, amountCents, compareAtCents]
          .filter((part) => part !== undefined)
          .map(String)
          .join(' '),
      )
      .join('; ')
  expect(words(cells)).toBe(expected.prices)
  expect(sales.map(({ startsAt, endsAt, cells: prices }) => `${startsAt} ${endsAt}: ${words(prices)}`)).toEqual(
    expected.sales ?? [],
  )
  expect(rows).toBe(expected.rows)
  expect(errors.map(({ line, message }) => [line, message])).toEqual(
    (expected.errors ?? []).map(([line, word]) => [line, expect.stringContaining(word)]),
  )
  expect(ignoredColumns).toEqual(expected.ignored ?? ignoredColumns)
  if (expected.note !== undefined) expect(notes).toContainEqual(expect.stringContaining(expected.note))
}

test.each(Object.entries(TAKEN))('%s is taken without a question', async (name, expected) => {
  expectTaken(await read(name), expected)
})

/** As a person who agrees with each suggestion. */
function suggestedAnswers(questions: readonly ImportQuestion[]): ImportAnswers {
  const chosen = questions.flatMap(({ answers, suggested }) => answers[suggested ?? -1] ?? [])
  const one = (parameter: AnswerParameter) => chosen.find((answer) => answer.parameter === parameter)?.value
  const all = (parameter: AnswerParameter) => chosen.filter((answer) => answer.parameter === parameter)
  return importAnswers.parse({
    encoding: one('encoding'),
    numbers: one('numbers'),
    emptyCompareAt: one('emptyCompareAt'),
    sales: one('sales'),
    column: all('column').map(({ value }) => value),
    ignore: all('ignore').map(({ value }) => value),
  })
}

test.each(Object.entries(ASKED))('%s is taken once its questions are answered', async (name, expected) => {
  const found = await read(name)
  if (!('questions' in found)) throw new Error('nothing is asked')
  const { questions } = found
  const suggested = questions.map(({ id, answers, suggested: at }) => [id, answers[at ?? -1]?.value ?? null] as const)
  expect(Object.fromEntries(suggested)).toEqual(expected.asks)
  for (const { message, answers, samples } of questions) {
    expect(message).toMatch(/\w.*\?|\w.*\./)
    expect(answers).not.toEqual([])
    expect(samples.length).toBeLessThanOrEqual(3)
  }
  expectTaken(await read(name, expected.answers ?? suggestedAnswers(questions)), expected)
})

test('every file of the folder is in one of the tables', () => {
  const known = new Set([...Object.keys(TAKEN), ...Object.keys(ASKED), '.gitattributes'])
  expect(readdirSync(FIXTURES).filter((name) => !known.has(name))).toEqual([])
})
