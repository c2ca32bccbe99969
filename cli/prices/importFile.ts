/** `--csv`: a file, what it leaves open, what of it is left out, and its preview. */
import { openAsBlob } from 'node:fs'
import { arrayBuffer } from 'node:stream/consumers'
import { z } from 'zod'
import type { AnswerParameter, ImportQuestion } from '#lib/pricing/bulk/csv/questions.ts'
import { importPrices, listRejectedRows } from '../../app/api/admin/_operations/csv.ts'
import { asked, imported } from '../../app/api/admin/_operations/csvViews.ts'
import type { Client } from './client.ts'
import { decide } from './decide.ts'
import { EXIT, type ExitCode, RefusedError, UsageError } from './errors.ts'
import type { Options } from './options.ts'
import { saveBody } from './saveFile.ts'
import { plain, prices } from './show.ts'
import type { Terminal } from './terminal.ts'

const LISTED_ERRORS = 20
const WORDS: Readonly<Record<AnswerParameter, keyof Options>> = {
  encoding: 'encoding',
  numbers: 'numbers',
  column: 'column',
  ignore: 'ignore',
  emptyCompareAt: 'empty-compare-at',
  sales: 'sales',
  saleZone: 'zone',
  nearSkus: 'near-skus',
}

/** Dates of sales are of the clock on this wall, unless another zone is named. */
function answersOf(given: Options): Record<string, string | string[]> {
  const options = { ...given, zone: given.zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone }
  return Object.fromEntries(
    Object.entries(WORDS).flatMap(([parameter, option]) => {
      const value = options[option]
      return typeof value === 'string' || Array.isArray(value) ? [[parameter, value]] : []
    }),
  )
}

/** For a shell, in one piece. */
const quoted = (value: string) => (/^[\w=.-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`)

function questionLines({ message, samples, answers, suggested }: ImportQuestion): string[] {
  return [
    message,
    ...samples.map(
      ({ line, text, readAs }) => `  line ${line}: ${plain(text)}${readAs === null ? '' : `  is ${readAs}`}`,
    ),
    ...answers.map(
      ({ parameter, value, label }, i) =>
        `  --${WORDS[parameter]} ${quoted(value)}${i === suggested ? ' (suggested)' : ''}  ${plain(label)}`,
    ),
    '',
  ]
}

function saleLines({ edit, startsAt, endsAt, timeZone }: z.infer<typeof imported>['sales'][number]): string[] {
  const [at, until] = [startsAt ?? 'TIME', endsAt ?? 'TIME']
  return [
    `A sale of ${prices(edit.summary?.changed ?? 0)}, ${startsAt === null ? 'from a time that you choose' : `from ${startsAt}`}${endsAt === null ? '' : ` until ${endsAt}`}. Look at it and plan it:`,
    `  npm run prices -- --approve ${edit.id} --at ${at} --until ${until} --zone ${timeZone}`,
    '',
  ]
}

/** Its bytes: which encoding they are in is the shop's question. */
async function fileOf({ csv: name = '' }: Options): Promise<Blob> {
  if (name === '-') return new Blob([await arrayBuffer(process.stdin)])
  return openAsBlob(name).catch(() => {
    throw new UsageError(`${name} cannot be read.`)
  })
}

/**
 * Previews a file and asks. Where the file leaves something open, says what, and which options answer.
 * @throws {RefusedError} when something is left open, or nothing could be taken
 */
export async function importFile(client: Client, options: Options, terminal: Terminal): Promise<ExitCode> {
  const { csv: name = '', reason, rejected } = options
  if (reason === undefined) throw new UsageError('Say why, for the history: --reason "Price list of May".')
  const [file, answers] = [await fileOf(options), answersOf(options)]
  const read = await client.ask(
    importPrices,
    z.union([imported, asked]),
    { file, query: { reason, ...answers } },
    [409, 422],
  )
  if ('error' in read) {
    const { questions } = read.error
    terminal.tell({ questions })
    terminal.say([`${name} leaves something open. Say it with these options and send it again:`, ''])
    terminal.say(questions.flatMap(questionLines))
    throw new RefusedError(
      `${name} was not taken: ${questions.length === 1 ? 'a question is' : 'questions are'} open.`,
      read.error.code,
    )
  }
  const { edit, sales, errors, errorCount, costs, columns, ignoredColumns, notes } = read
  terminal.say([
    `Columns: ${columns.map(({ field, name: column }) => (field === column ? field : `${field} is ${plain(column)}`)).join(', ')}.`,
    ...(ignoredColumns.length > 0 ? [`Columns that are left out: ${ignoredColumns.map(plain).join(', ')}.`] : []),
    ...notes.map(plain),
    ...(costs > 0 ? [`Costs that are set: ${costs}.`] : []),
    '',
  ])
  if (errorCount > 0) {
    const wrong = errors
      .slice(0, LISTED_ERRORS)
      .map(({ line, sku, message }) => `line ${line}${sku === null ? '' : ` (${plain(sku)})`}: ${plain(message)}`)
    terminal.say([
      `${errorCount} rows of ${name} are left out:`,
      ...wrong,
      ...(errorCount > wrong.length ? ['…'] : []),
      ...(rejected === undefined ? ['Write them to a file: --rejected FILE'] : []),
      '',
    ])
    if (rejected !== undefined) {
      const { body } = await client.send(listRejectedRows, { file, query: answers })
      await saveBody(body, rejected)
      terminal.say([`They are in ${rejected}: correct them and send it with --csv.`, ''])
    }
  }
  terminal.say(sales.flatMap(saleLines))
  if (edit) return decide(client, edit, options, terminal)
  if (sales.length > 0) {
    terminal.tell({ sales })
    return EXIT.done
  }
  if (costs > 0) {
    terminal.tell({ costs })
    return EXIT.done
  }
  throw new RefusedError(`${name} says nothing that could be taken.`, 'csv_nothing_taken')
}
