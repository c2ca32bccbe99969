/**
 * A file that is sent to an import: its bytes, the answers about it, its open questions, the rows that are left out.
 */
import { openAsBlob } from 'node:fs'
import { arrayBuffer } from 'node:stream/consumers'
import type { AnswerParameter, ImportQuestion } from '#lib/pricing/bulk/csv/questions.ts'
import type { Client } from './client.ts'
import { RefusedError, UsageError } from './errors.ts'
import type { Options } from './options.ts'
import { saveBody } from './saveFile.ts'
import { plain } from './show.ts'
import type { Terminal } from './terminal.ts'

const LISTED_ERRORS = 20
const WORDS: Readonly<Record<AnswerParameter, keyof Options>> = {
  encoding: 'encoding',
  numbers: 'numbers',
  dates: 'dates',
  column: 'column',
  ignore: 'ignore',
  emptyCompareAt: 'empty-compare-at',
  sales: 'sales',
  saleZone: 'zone',
  nearSkus: 'near-skus',
}

/** The options about a file, as parameters of the API. */
export function answersOf(options: Options): Record<string, string | string[]> {
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

/** Its bytes: which encoding they are in is the shop's question. */
export async function fileOf(name: string): Promise<Blob> {
  if (name === '-') return new Blob([await arrayBuffer(process.stdin)])
  return openAsBlob(name).catch(() => {
    throw new UsageError(`${name} cannot be read. Check its name, and that you may read it.`)
  })
}

/** Says what a file leaves open, and which options answer. @throws {RefusedError} always: it was not taken */
export function refuseOpen(
  name: string,
  questions: readonly ImportQuestion[],
  code: string,
  terminal: Terminal,
): never {
  terminal.writeJson({ questions })
  terminal.say([`${name} leaves something open. Say it with these options and send it again:`, ''])
  terminal.say(questions.flatMap(questionLines))
  throw new RefusedError(
    `${name} was not taken: ${questions.length === 1 ? 'a question is' : 'questions are'} open.`,
    code,
  )
}

interface LeftOut {
  readonly count: number
  /** The first of them, at least. */
  readonly errors: readonly {
    readonly line: number
    readonly sku: string | null
    /** As the file names it. */
    readonly column: string | null
    readonly message: string
  }[]
  /** Writes them all. */
  readonly address: URL
  /** The option that sends them again. */
  readonly again: string
}

/** Says which rows are left out and why, and writes them to the file that `--rejected` names. */
export async function sayLeftOut(
  client: Client,
  name: string,
  sent: { readonly file: Blob; readonly answers: Record<string, string | string[]> },
  { count, errors, address, again }: LeftOut,
  { rejected }: Options,
  terminal: Terminal,
): Promise<void> {
  if (count === 0) return
  const wrong = errors
    .slice(0, LISTED_ERRORS)
    .map(({ line, sku, column, message }) =>
      [
        `line ${line}`,
        sku === null ? '' : ` (${plain(sku)})`,
        column === null || column === 'sku' ? '' : `, ${plain(column)}`,
        `: ${plain(message)}`,
      ].join(''),
    )
  terminal.say([
    `${count} ${count === 1 ? 'row' : 'rows'} of ${name} ${count === 1 ? 'is' : 'are'} left out:`,
    ...wrong,
    ...(count > wrong.length ? ['…'] : []),
    ...(rejected === undefined ? ['Write them to a file with --rejected FILE, correct them there and send that.'] : []),
    '',
  ])
  if (rejected === undefined) return
  const { body } = await client.send(client.sendFile(address, sent.answers, sent.file))
  await saveBody(body, rejected)
  terminal.say([`They are in ${rejected}: correct them and send it with --${again}.`, ''])
}
