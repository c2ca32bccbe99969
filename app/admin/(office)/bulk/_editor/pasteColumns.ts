/**
 * Finds the columns of a pasted block: that of the SKUs, and those of new prices. Columns that a header names are read by the rules of
 * the import. A text that may be a SKU is never left to chance: written by place, the amount beside it lands on another product.
 */
import { parseMoney } from '#lib/money/money.ts'
import type { GridRow } from '#lib/pricing/bulk/contract.ts'
import { CERTAIN, plainName } from '#lib/pricing/bulk/csv/aliases.ts'
import { isCode, markIn } from '#lib/pricing/bulk/csv/columnMark.ts'
import { columnName } from '#lib/pricing/bulk/csv/columnNames.ts'
import { type Columns, readColumns } from '#lib/pricing/bulk/csv/columns.ts'
import { ConditionCensus, conditionOf, salePlaces } from '#lib/pricing/bulk/csv/conditions.ts'
import { CsvRefusedError } from '#lib/pricing/bulk/csv/errors.ts'
import { MONEY, readCsvAmount } from '#lib/pricing/bulk/csv/amounts.ts'
import { isUnits } from '#lib/pricing/bulk/csv/headerRow.ts'
import type { ColumnContent } from '#lib/pricing/bulk/csv/mapping.ts'
import { isDifference, isMeasure, isPriceName } from '#lib/pricing/bulk/csv/priceWords.ts'
import type { ImportAnswers } from '#lib/pricing/bulk/csv/questions.ts'
import type { Field } from '../_grid/cellEdits.ts'
import type { TextBlock } from '../_grid/clipboard.ts'
import { readCell } from './readCell.ts'

/** Rows by which a column is known to hold SKUs. */
const PROBED_ROWS = 50
/** A letter and a digit, zeros in front, or digits apart by a dash. */
const LIKE_SKU = /\p{L}.*\d|\d.*\p{L}|^0\d|\d[-_/]\d/u
const MAX_SKU = 100
const CODES = new Set(Intl.supportedValuesOf('currency'))

/** What the catalog says of the texts of a block. */
export interface SkuMatches {
  /** Those that are SKUs of products. */
  readonly known: { has: (text: string) => boolean }
  /** Of others, the SKU that was most likely meant. */
  readonly near: ReadonlyMap<string, string>
}

/** The columns of a block that goes by SKU, by place. */
export interface PasteColumns {
  readonly header: boolean
  readonly amount?: number | undefined
  readonly compareAt?: number | undefined
  /** The new price where it holds one: then the amount is the compare-at price. */
  readonly sale?: number | undefined
  readonly currency?: number | undefined
  /** How columns were taken, and which were left out, in sentences. */
  readonly notes: readonly string[]
}

function widthOf(block: TextBlock): number {
  return Math.max(0, ...block.map((line) => line.length))
}

function filled(block: TextBlock, column: number): string[] {
  return block.flatMap((line) => (line[column]?.trim() ? [line[column] ?? ''] : []))
}

/** Whether the catalog can be asked for it. */
export function mayBeSku(text: string): boolean {
  return text.trim() !== '' && text.length <= MAX_SKU && !text.includes('\0')
}

/** Texts by which to find out whether a column holds SKUs: those of the first rows. */
export function probedSkus(block: TextBlock): string[] {
  if (widthOf(block) < 2) return []
  return [...new Set(block.slice(0, PROBED_ROWS).flat())].filter(mayBeSku)
}

function isAmount(text: string): boolean {
  if (text.trim() === '') return false
  return 'value' in readCell('amountCents', text) || 'value' in readCell('compareAtCents', text)
}

/** Neither an amount nor a slip in one, such as a sign, another currency or a mark that can be read in two ways. */
function isText(text: string): boolean {
  const typed = text.trim()
  if (isAmount(typed) || typed.endsWith('%')) return false
  const money = parseMoney(withoutCurrency(typed))
  return !money.ok && ['format', 'currency', 'too_large'].includes(money.problem)
}

/** `USD 12.90` is an amount of another currency, `CHR 000307` is none. */
function withoutCurrency(text: string): string {
  const [, before, after] = /^([A-Z]{3})? ?\d[\d.,\s]*?\s?([A-Z]{3})?$/.exec(text) ?? []
  const code = before ?? after
  if (code !== undefined && CODES.has(code)) return text.replace(code, '')
  return text.replace(/^\p{Sc}|\p{Sc}$/u, '')
}

function holdsTexts(texts: readonly string[]): boolean {
  const other = texts.filter(isText)
  return other.length * 2 > texts.length || other.some((text) => LIKE_SKU.test(text.trim()))
}

/**
 * @returns the column that holds SKUs: the one that is named so; else one of texts in which any is a SKU or nearly one; else one of
 *   numbers of which at least half are
 */
export function skuColumnOf(block: TextBlock, { known, near }: SkuMatches): number | undefined {
  const [head = []] = block
  const width = widthOf(block)
  if (width < 2) return undefined
  const named = head.findIndex((text) => CERTAIN.sku.includes(plainName(text)))
  if (named >= 0) return named
  const shares = Array.from({ length: width }, (_, column) => {
    const texts = filled(block.slice(0, PROBED_ROWS), column)
    const share = texts.filter((text) => known.has(text) || near.has(text)).length / Math.max(1, texts.length)
    return share >= 0.5 || holdsTexts(texts) ? share : 0
  })
  const best = Math.max(...shares)
  return best > 0 ? shares.indexOf(best) : undefined
}

/** @returns a text that stands beside amounts and may say which product they are of */
export function textBesideAmounts(block: TextBlock): string | undefined {
  const columns = Array.from({ length: widthOf(block) }, (_, column) => filled(block, column))
  const texts = columns.filter(holdsTexts)
  // Of the rows by place the currency is not known yet: a number that the shop's has no way to write may be an amount.
  const amounts = columns.filter((column) => column.some((text) => /\d/.test(text) && !isText(text)))
  const [beside] = texts.filter((column) => amounts.some((other) => other !== column))
  return beside?.find(isText)
}

const isNewPrice = (name: string) => name === 'new_price'
const isNewCompareAt = (name: string) => /^new_compare_at(_price)?$/.test(name)
const isNew = (name: string) => isNewPrice(name) || isNewCompareAt(name)
const namesPrice = (name: string) =>
  isPriceName(name) || isNew(name) || [...CERTAIN.price, ...CERTAIN.compare_at].includes(name)

function contentOf(texts: readonly string[], condition: boolean): ColumnContent {
  const amounts = texts.filter(isAmount)
  const prices = amounts.filter((text) => MONEY.test(text))
  return {
    samples: texts.slice(0, 3).map((text, i) => ({ line: i + 2, text })),
    amounts: amounts.length > 0 && amounts.length * 2 >= texts.length,
    numbers: texts.some((text) => /\d/.test(text)),
    condition,
    prices: prices.length > 0 && prices.length * 2 >= texts.length,
    yesOrNo: texts.every((text) => /^[01]$/.test(text.trim())),
    currencies: texts.length > 0 && texts.every(isCode),
  }
}

/** The new prices of an edit stand beside the old ones, which are left out. */
function statedIn(names: readonly string[], sku: number): ImportAnswers {
  const place = (i: number) => `#${i + 1}`
  const price = names.findIndex(isNewPrice)
  const compareAt = names.findIndex(isNewCompareAt)
  const others = names.flatMap((name, i) => (i !== sku && namesPrice(name) && !isNew(name) ? [place(i)] : []))
  return {
    column: [
      `sku=${place(sku)}`,
      ...(price >= 0 ? [`price=${place(price)}`] : []),
      ...(compareAt >= 0 ? [`compare_at=${place(compareAt)}`] : []),
    ],
    ignore: price >= 0 || compareAt >= 0 ? others : [],
    saleZone: 'UTC',
    nearSkus: 'refuse',
  }
}

const WAY_OUT =
  'Name the columns SKU, Price and Compare-at, copy them without the others, or import the list as a file: there you are asked.'

/** Each question of the import takes the answer that the import suggests, and the notes say so. */
function namedColumns(block: TextBlock, sku: number): PasteColumns | { readonly refused: string } {
  const [head = [], ...lines] = block
  const header = Array.from({ length: widthOf(block) }, (_, i) => head[i] ?? '')
  const names = header.map(plainName)
  const prices = names.flatMap((name, i) => (namesPrice(name) ? [i] : []))
  const contents = names.map((name, i) => {
    const condition = conditionOf(name)
    const census = condition && new ConditionCensus(condition)
    for (const line of lines) census?.add(line, i, { sales: salePlaces(names), prices })
    return contentOf(filled(lines, i), census?.holds === true)
  })
  let answers = statedIn(names, sku)
  const taken: string[] = []
  let columns: Columns
  for (;;) {
    try {
      columns = readColumns(header, contents, answers, 1, [])
    } catch (error) {
      if (error instanceof CsvRefusedError) return { refused: `${error.message} ${WAY_OUT}` }
      throw error
    }
    const [question] = columns.questions
    if (!question) break
    const answer = question.answers[question.suggested ?? -1]
    if (!answer || (answer.parameter !== 'column' && answer.parameter !== 'ignore') || taken.length > header.length)
      return { refused: `${question.message} ${WAY_OUT}` }
    taken.push(answer.label)
    answers = { ...answers, [answer.parameter]: [...answers[answer.parameter], answer.value] }
  }
  const { price: amount, compare_at: compareAt, sale_price: sale, currency } = columns.at
  if (amount === undefined && compareAt === undefined && sale === undefined)
    return { refused: `No column holds new prices. ${WAY_OUT}` }
  const [below = []] = lines
  const unit = [amount, compareAt, sale].map((i) => below[i ?? -1]?.trim() ?? '').find((text) => text !== '')
  if (unit !== undefined && isUnits(below, header) && !readCsvAmount(`1 ${markIn(unit)}`).ok)
    return { refused: `The line below the header says "${unit}", and nothing is converted. ${WAY_OUT}` }
  const used = [sku, amount, compareAt, sale, currency]
  const left = header.flatMap((_, i) =>
    used.includes(i) || filled(lines, i).length === 0 ? [] : [columnName(header, i)],
  )
  return {
    header: true,
    amount,
    compareAt,
    sale,
    currency,
    notes: [...taken.map((text) => `${text}.`), ...leftOut(left)],
  }
}

function leftOut(names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`Left out: ${names.join(', ')}.`]
}

/**
 * Finds the column of the block for each field.
 * @param products by SKU
 * @param field of the selection, for a block that names none
 * @returns a reason, in sentences, when that could be read in two ways
 */
export function pasteColumnsOf(
  block: TextBlock,
  { column: sku, products, field }: { column: number; products: ReadonlyMap<string, GridRow>; field: Field },
): PasteColumns | { readonly refused: string } {
  const [head = []] = block
  const names = head.map(plainName)
  const isHeader = !products.has(head[sku] ?? '') && !head.some(isAmount)
  const others = Array.from({ length: widthOf(block) }, (_, i) => i).filter((i) => i !== sku)
  if (isHeader && others.some((i) => namesPrice(names[i] ?? ''))) return namedColumns(block, sku)
  const header = isHeader && Object.values(CERTAIN).some((known) => names.some((name) => known.includes(name)))
  const amounts = others.filter((i) =>
    block.some((line) => {
      const text = line[i] ?? ''
      return text.trim() !== '' && 'value' in readCell(field, text, products.get(line[sku] ?? ''), 'pasted')
    }),
  )
  const [only, ...more] = others.length === 1 ? others : amounts
  if (only === undefined || more.length > 0)
    return { refused: `It is not clear which column holds the new prices. ${WAY_OUT}` }
  const name = header ? (names[only] ?? '') : ''
  if (isMeasure(name) || isDifference(name))
    return { refused: `The column "${columnName(head, only)}" holds no prices. ${WAY_OUT}` }
  const left = others.flatMap((i) => (i === only || filled(block, i).length === 0 ? [] : [`column ${i + 1}`]))
  return { header, [field === 'amountCents' ? 'amount' : 'compareAt']: only, notes: leftOut(left) }
}
