/**
 * The questions that a file leaves open, as data: the API answers with it, the shell prints it with the options that answer, the
 * import step of the back office asks it. It imports nothing that a browser lacks.
 */
import { z } from 'zod'
import { listOf } from '#lib/platform/http/queryParts.ts'

export const ENCODINGS = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16, low byte first',
  'utf-16be': 'UTF-16, high byte first',
  'windows-1252': 'Windows-1252, Western Europe',
  'iso-8859-15': 'ISO-8859-15, Western Europe with the euro',
  macintosh: 'Mac Roman, Excel on a Mac',
  'windows-1250': 'Windows-1250, Central Europe',
  'windows-1251': 'Windows-1251, Cyrillic',
  shift_jis: 'Shift JIS, Japanese',
  'euc-kr': 'EUC-KR, Korean',
  gb18030: 'GB 18030, Chinese',
  big5: 'Big5, Chinese of Taiwan and Hong Kong',
  'windows-1253': 'Windows-1253, Greek',
  'windows-1254': 'Windows-1254, Turkish',
} as const
export type Encoding = keyof typeof ENCODINGS
const encodings: readonly Encoding[] = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'iso-8859-15',
  'macintosh',
  'windows-1250',
  'windows-1251',
  'shift_jis',
  'euc-kr',
  'gb18030',
  'big5',
  'windows-1253',
  'windows-1254',
]

/** The sign before the decimals. */
export const DECIMAL_MARKS = ['point', 'comma'] as const
export type DecimalMark = (typeof DECIMAL_MARKS)[number]

/** The order of a date such as `1/5/26`. */
export const DATE_ORDERS = ['month-first', 'day-first'] as const
export type DateOrder = (typeof DATE_ORDERS)[number]

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const names = listOf(z.array(z.string().min(1).max(500)).max(200)).default([])

/** Statements of a person or a program about a file: the parameters of the API and, in kebab case, the options of the shell. */
export const importAnswers = z.strictObject({
  encoding: z.enum(encodings).optional().meta({ description: 'of the file; found out when absent' }),
  numbers: z.enum(DECIMAL_MARKS).optional().meta({ description: 'what stands before the decimals of every amount' }),
  dates: z
    .enum(DATE_ORDERS)
    .optional()
    .meta({ description: 'what the dates of sales such as 1/5/26 begin with; found out when absent' }),
  column: names.meta({
    description:
      'which column is which, each as field=header: `price=Variant Price`. A header that is there twice is named by its place: `price=#3`',
  }),
  ignore: names.meta({ description: 'headers of columns that are left out although they look like prices' }),
  emptyCompareAt: z
    .enum(['remove', 'keep'])
    .optional()
    .meta({ description: 'what an empty compare-at price means where the new price reaches the one that is there' }),
  sales: z.enum(['plan', 'reduce']).optional().meta({
    description:
      'what a sale price becomes: a sale over the regular price, to be planned by its dates; or the price, with the regular price as compare-at',
  }),
  saleZone: z
    .string()
    .min(1)
    .max(64)
    .refine(isTimeZone, 'There is no such time zone. Name it as in Europe/Berlin.')
    .default('UTC')
    .meta({ description: 'the time zone of dates of sales that name none' }),
  nearSkus: z.enum(['refuse', 'take']).default('refuse').meta({
    description: 'rows whose SKU is nearly that of one product: refused with a suggestion, or taken as suggested',
  }),
})
export type ImportAnswers = z.infer<typeof importAnswers>
/** The statements that there are about a file of stocks. */
export const stockAnswers = importAnswers.pick({ encoding: true, column: true, nearSkus: true })
export type StockAnswers = z.infer<typeof stockAnswers>
export type AnswerParameter = keyof ImportAnswers

export const importQuestion = z.object({
  /** Unique among the questions of one file. */
  id: z.string(),
  kind: z.enum(['encoding', 'numbers', 'dates', 'column', 'empty-compare-at']),
  /** The finding, and the question. */
  message: z.string(),
  samples: z.array(
    z.object({
      line: z.int(),
      text: z.string(),
      /** As the suggested answer reads it; null where there is none. */
      readAs: z.string().nullable(),
    }),
  ),
  /** One of these is to be sent with the file. */
  answers: z.array(
    z.object({
      parameter: z.enum(['encoding', 'numbers', 'dates', 'column', 'ignore', 'emptyCompareAt', 'sales']),
      value: z.string(),
      label: z.string(),
    }),
  ),
  /** The place in `answers` of the one that all rows agree on; null where the file does not say. */
  suggested: z.int().nullable(),
})
export type ImportQuestion = z.infer<typeof importQuestion>
