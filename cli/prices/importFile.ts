/** `--csv`: sends a file of prices, shows its open questions and the rows that are left out, and makes the preview. */
import { z } from 'zod'
import { asked, imported } from '../../app/api/admin/_api/views/csvViews.ts'
import type { Client } from './client.ts'
import { decide } from './decide.ts'
import { EXIT, type ExitCode, RefusedError, UsageError } from './errors.ts'
import type { Options } from './options.ts'
import { answersOf, fileOf, refuseOpen, sayLeftOut } from './sentFile.ts'
import { plain, prices } from './show.ts'
import type { Terminal } from './terminal.ts'

function saleLines({ edit, startsAt, endsAt, timeZone }: z.infer<typeof imported>['sales'][number]): string[] {
  const [at, until] = [startsAt ?? 'TIME', endsAt ?? 'TIME']
  return [
    `A sale of ${prices(edit.summary?.changed ?? 0)}, ${startsAt === null ? 'from a time that you choose' : `from ${startsAt}`}${endsAt === null ? '' : ` until ${endsAt}`}. Look at it and plan it:`,
    `  npm run prices -- --approve ${edit.id} --at ${at} --until ${until} --zone ${timeZone}`,
    '',
  ]
}

/**
 * Previews a file and asks. Where the file leaves something open, says what, and which options answer.
 * @throws {RefusedError} when something is left open, or nothing could be taken
 */
export async function importFile(client: Client, options: Options, terminal: Terminal): Promise<ExitCode> {
  const { csv: name = '', reason } = options
  if (reason === undefined) throw new UsageError('Say why, for the history: --reason "Price list of May".')
  // Dates of sales are of the clock on this wall, unless another zone is named.
  const zone = options.zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone
  const [file, answers] = [await fileOf(name), answersOf({ ...options, zone })]
  const read = await client.ask(
    z.union([imported, asked]),
    client.sendFile(client.api.prices.import.$url(), { reason, ...answers }, file),
    [409, 422],
  )
  if ('error' in read) return refuseOpen(name, read.error.questions, read.error.code, terminal)
  const { edit, sales, errors, errorCount, costs, columns, ignoredColumns, notes } = read
  terminal.say([
    `Columns: ${columns.map(({ field, name: column }) => (field === column ? field : `${field} is ${plain(column)}`)).join(', ')}.`,
    ...(ignoredColumns.length > 0 ? [`Columns that are left out: ${ignoredColumns.map(plain).join(', ')}.`] : []),
    ...notes.map(plain),
    ...(costs > 0 ? [`Costs that are set: ${costs}.`] : []),
    '',
  ])
  const named = errors.map((error) => ({
    ...error,
    column: error.column === 'sku' ? 'sku' : (columns.find(({ field }) => field === error.column)?.name ?? null),
  }))
  const left = { count: errorCount, errors: named, address: client.api.prices.import.rejected.$url(), again: 'csv' }
  await sayLeftOut(client, name, { file, answers }, left, options, terminal)
  terminal.say(sales.flatMap(saleLines))
  if (edit) return decide(client, edit, options, terminal)
  if (sales.length > 0) {
    terminal.writeJson({ sales })
    return EXIT.done
  }
  if (costs > 0) {
    terminal.writeJson({ costs })
    return EXIT.done
  }
  throw new RefusedError(
    `${name} says nothing that could be taken. Correct its rows and send it again.`,
    'csv_nothing_taken',
  )
}
