/** Texts for the terminal. */
import type { z } from 'zod'
import { showMoney } from '#lib/money/money.ts'
import type {
  editView,
  planCheckView,
  rowView,
  scheduleView,
  summaryView,
} from '../../app/api/admin/_api/views/bulkViews.ts'

export type Edit = z.infer<typeof editView>
export type Row = z.infer<typeof rowView>
export type Summary = z.infer<typeof summaryView>
export type Schedule = z.infer<typeof scheduleView>

const NAME_WIDTH = 34

/** Control characters in a name could write anywhere on the terminal. */
export function plain(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ')
}

function money(cents: number | null, code: string): string {
  return cents === null ? '–' : showMoney(cents, { code })
}

function percentOf(oldCents: number, newCents: number): string {
  if (oldCents === 0) return '–'
  const percent = ((newCents - oldCents) / oldCents) * 100
  return `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`
}

export function prices(count: number): string {
  return count === 1 ? '1 price' : `${count.toLocaleString('en')} prices`
}

/** @param right columns of numbers, from 0 */
function table(header: readonly string[], rows: readonly (readonly string[])[], right: readonly number[]): string[] {
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)))
  return [header, ...rows].map((row) =>
    row
      .map((cell, i) => (right.includes(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

function compareAt(row: Row): string {
  const [before, after] = [money(row.oldCompareAtCents, row.currency), money(row.newCompareAtCents, row.currency)]
  return before === after ? before : `${before} → ${after}`
}

export function rowTable(rows: readonly Row[], total: number): string[] {
  if (rows.length === 0) return []
  const cells = rows.map((row) => [
    plain(row.sku),
    plain(row.name).slice(0, NAME_WIDTH),
    money(row.oldAmountCents, row.currency),
    money(row.newAmountCents, row.currency),
    percentOf(row.oldAmountCents, row.newAmountCents),
    compareAt(row),
    [row.state === 'pending' ? '' : row.state, ...row.warnings, plain(row.message ?? '')]
      .filter((part) => part !== '')
      .join(' '),
  ])
  const more = total > rows.length ? [`… and ${(total - rows.length).toLocaleString('en')} more rows`] : []
  return [...table(['SKU', 'Name', 'Old', 'New', 'Change', 'Compare-at', ''], cells, [2, 3, 4]), ...more, '']
}

export function summaryLines(summary: Summary): string[] {
  const { changed, unchanged, refused, totals, belowFloor, distribution } = summary
  const left = [
    unchanged > 0 && `${unchanged.toLocaleString('en')} would not change`,
    refused > 0 && `${refused.toLocaleString('en')} refused`,
  ].filter((text) => text !== false)
  const bars = distribution.filter(({ rows }) => rows > 0)
  const most = Math.max(1, ...bars.map(({ rows }) => rows))
  return [
    `${prices(changed)} would change${left.length > 0 ? `; ${left.join(', ')}` : ''}.`,
    ...totals
      .filter(() => changed > 0)
      .map(
        ({ currency, oldCents, newCents }) =>
          `Together ${money(oldCents, currency)} → ${money(newCents, currency)} (${percentOf(oldCents, newCents)}).`,
      ),
    ...(belowFloor > 0 ? [`${prices(belowFloor)} would fall far below what they usually are.`] : []),
    ...bars.map(({ fromPercent, toPercent, rows }) => {
      const span = toPercent > 1_000_000 ? `from ${fromPercent} %` : `${fromPercent} to ${toPercent} %`
      return `  ${span.padStart(16)}  ${'█'.repeat(Math.ceil((rows / most) * 30))} ${rows.toLocaleString('en')}`
    }),
    ...summary.confirmations.map(({ phrase }) => `Must be confirmed: ${phrase}`),
  ]
}

const KINDS: Readonly<Record<Edit['kind'], string>> = {
  edit: 'Edit',
  undo: 'Undo',
  retry: 'Retry',
  'schedule-end': 'End of a schedule',
}

export function editLines(edit: Edit): string[] {
  const { applied, conflicts, skipped, refused, total } = edit.progress
  const parts = [
    `${applied} applied`,
    conflicts > 0 && `${conflicts} in conflict`,
    skipped > 0 && `${skipped} unchanged`,
    refused > 0 && `${refused} refused`,
  ]
  return [
    `${KINDS[edit.kind]} ${edit.id}: ${edit.state}`,
    `  “${plain(edit.reason)}”, ${edit.createdBy}, ${edit.createdAt}${edit.approvedBy === null ? '' : `; approved by ${edit.approvedBy}`}`,
    `  ${total.toLocaleString('en')} ${total === 1 ? 'row' : 'rows'}: ${parts.filter((part) => part !== false).join(', ')}`,
    ...(edit.of === null ? [] : [`  of ${edit.of}`]),
    ...(edit.undoneBy === null ? [] : [`  undone by ${edit.undoneBy}`]),
    ...(edit.error === null ? [] : [`  ${edit.error}`]),
  ]
}

const SHOWS: Readonly<Record<Schedule['overlaps'][number]['shows'], string>> = {
  this: 'the shop shows this sale.',
  other: 'the shop shows the other sale.',
  undecided: 'both start at once with the same priority. Give the one that is to be shown a higher priority.',
}

function overlapLines(overlaps: Schedule['overlaps']): string[] {
  return overlaps.map(
    ({ reason, products, startsAt, endsAt, shows }) =>
      `  Overlaps with “${plain(reason)}” on ${prices(products)}, ${startsAt} to ${endsAt}: ${SHOWS[shows]}`,
  )
}

/** The text that a person confirms a plan by. */
export function planLines({ overlaps, notReduced }: z.infer<typeof planCheckView>): string[] {
  return [
    ...overlapLines(overlaps),
    ...(notReduced > 0 ? [`  ${prices(notReduced)} would not be below the base price as it is now.`] : []),
  ]
}

export function scheduleLines(schedule: Schedule): string[] {
  const { id, state, startsAt, endsAt, timeZone, reason, bulkEditId, message, overlaps, problem } = schedule
  return [
    `Schedule ${id}: ${state}`,
    `  “${plain(reason)}”, edit ${bulkEditId}`,
    `  ${startsAt}${endsAt === null ? '' : ` until ${endsAt}`} (${timeZone})`,
    ...(message === null ? [] : [`  ${message}`]),
    ...(problem === null ? [] : [`  ${problem}`]),
    ...overlapLines(overlaps),
  ]
}

export function progressLine({ progress, state }: Edit, width = 24): string {
  const { total, applied, conflicts, skipped, refused, rowsPerSecond, secondsLeft } = progress
  const share = total === 0 ? 1 : (applied + conflicts + skipped + refused) / total
  const full = Math.floor(share * width)
  const rate = rowsPerSecond > 0 ? `, ${rowsPerSecond.toLocaleString('en')} a second` : ''
  const left = secondsLeft !== null && secondsLeft > 0 ? `, ${secondsLeft} s left` : ''
  return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${Math.floor(share * 100)} %  ${applied.toLocaleString('en')} applied, ${conflicts.toLocaleString('en')} conflicts${rate}${left}  ${state}`
}
