/** Durations, shares and nines in as few characters as say the same; where receipts are. */
import type { ResourceKind } from '#lib/catalog/resources.ts'
import { tag, type VersionedTag } from '#lib/coherence/tags.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

function upToOneDecimal(value: number): string {
  return value < 9.95 ? value.toFixed(1).replace('.0', '') : Math.round(value).toLocaleString('en')
}

/** `<1 ms`, `12 ms`, `1.4 s`, `3 min`, `2.5 h` */
export function showMs(ms: number): string {
  if (ms < 1) return '<1 ms'
  if (ms < SECOND) return `${Math.round(ms)} ms`
  if (ms < 2 * MINUTE) return `${upToOneDecimal(ms / SECOND)} s`
  if (ms < 2 * HOUR) return `${upToOneDecimal(ms / MINUTE)} min`
  return `${upToOneDecimal(ms / HOUR)} h`
}

/** Rounded down, so that 99.97 % never reads as 100 %. */
export function showShare(part: number, whole: number): string {
  if (whole === 0) return '–'
  return `${(Math.floor((part / whole) * 1_000) / 10).toFixed(1).replace('.0', '')}%`
}

/** Rounded down: a nine that is almost reached is not claimed. */
export function showNines(nines: number): string {
  return (Math.floor(nines * 10) / 10).toFixed(1)
}

/** `14:03:07`, in UTC as everywhere in the back office. */
export function showClock(at: number | string, withSeconds = true): string {
  return new Date(at).toISOString().slice(11, withSeconds ? 19 : 16)
}

/** With a capital at its beginning. */
export const capitalized = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)

/** The page of the receipt of one edit. */
export function receiptPath({ kind, id, version }: VersionedTag): string {
  return kind === 'price'
    ? `/admin/products/${id}/receipts/${version}`
    : `/admin/freshness/receipts/${kind}/${id}/${version}`
}

/** The ledger, with the edits of one thing. */
export function editsPath(kind: ResourceKind, id: number): string {
  return `/admin/freshness/ledger?${new URLSearchParams({ q: tag(kind, id) })}`
}
