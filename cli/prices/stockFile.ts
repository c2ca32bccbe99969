/**
 * `--stock`: sends a file of stocks, shows its open questions, its changes and the rows that are left out, and sets
 * them.
 */
import { z } from 'zod'
import type { StockImport } from '#lib/pricing/stock/importStocks.ts'
import { asked, importedStocks } from '../../app/api/admin/_api/views/csvViews.ts'
import type { Client } from './client.ts'
import { EXIT, type ExitCode, UsageError } from './errors.ts'
import type { Options } from './options.ts'
import { rowsToShow } from './options.ts'
import { answersOf, fileOf, refuseOpen, sayLeftOut } from './sentFile.ts'
import { plain } from './show.ts'
import type { Terminal } from './terminal.ts'

const stocks = (count: number) => `${count} ${count === 1 ? 'stock' : 'stocks'}`

function changeLines({ changes, changed, unchanged, notes, ignoredColumns }: StockImport, options: Options): string[] {
  const shown = changes.slice(0, rowsToShow(options))
  return [
    ...(ignoredColumns.length > 0 ? [`Columns that are left out: ${ignoredColumns.map(plain).join(', ')}.`] : []),
    ...notes.map(plain),
    ...shown.map(({ sku, name, from, to }) => `${plain(sku)}  ${plain(name)}  ${from} -> ${to}`),
    ...(changed > shown.length ? ['…'] : []),
    `${stocks(changed)} would change. ${stocks(unchanged)} ${unchanged === 1 ? 'is' : 'are'} as the file says.`,
  ]
}

function setLines({ changed, conflict, state }: StockImport): string[] {
  return [
    `${stocks(changed)} set. ${state === 'propagating' ? 'They are saved, and on their way to the shop.' : 'Live: the next request shows them.'}`,
    ...(conflict > 0 ? [`${stocks(conflict)} moved since the file was written and stayed as they are.`] : []),
  ]
}

/**
 * Shows what a file of stocks would set, asks, and sets it. Where the file leaves something open, says what, and which options answer.
 * @throws {RefusedError} when something is left open
 */
export async function stockFile(client: Client, options: Options, terminal: Terminal): Promise<ExitCode> {
  const { stock: name = '', reason } = options
  if (reason === undefined) throw new UsageError('Say why, for the audit log: --reason "Counted in May".')
  const [file, answers] = [await fileOf(name), answersOf(options)]
  const send = (preview: boolean) =>
    client.ask(
      z.union([importedStocks, asked]),
      client.sendFile(client.api.stock.import.$url(), { reason, preview: String(preview), ...answers }, file),
      [409],
    )
  const read = await send(true)
  if ('error' in read) return refuseOpen(name, read.error.questions, read.error.code, terminal)
  terminal.say(changeLines(read, options))
  const left = {
    count: read.errorCount + read.conflict,
    errors: read.errors,
    address: client.api.stock.import.rejected.$url(),
    again: 'stock',
  }
  await sayLeftOut(client, name, { file, answers }, left, options, terminal)
  const agreed =
    options.yes || (terminal.person && (await terminal.ask('Set them? Type yes: ')).toLowerCase() === 'yes')
  if (read.changed > 0 && !agreed) {
    terminal.writeJson(read)
    terminal.say(['Not set, no stock changed.'])
    return EXIT.refused
  }
  const set = read.changed > 0 ? await send(false) : read
  if ('error' in set) return refuseOpen(name, set.error.questions, set.error.code, terminal)
  terminal.writeJson(set)
  if (read.changed > 0) terminal.say(setLines(set))
  return set.conflict > 0 ? EXIT.conflicts : EXIT.done
}
