/** The card, the ledger and receipts, read with the stores of this process. */
import { LOCALES } from '#lib/platform/locales.ts'
import { db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { versionIndex } from '#lib/catalog/coherence.ts'
import type { ResourceKind } from '#lib/catalog/resources.ts'
import { MOST_LISTED, openAlertCount, openAlerts, resolvedAlerts } from './alerts.ts'
import { currentVersion } from './receiptEdits.ts'
import { freshnessCard, type FreshnessCard } from './productCard.ts'
import type { Receipt } from './receipt.ts'
import { listReceipts, searchReceipts, type ReceiptFilter, type ReceiptPage } from './receipts.ts'
import type { AlertRow } from './shapes.ts'

/** @returns undefined when there is no such product */
export function readCard(productId: number): Promise<FreshnessCard | undefined> {
  const context = {
    db: db(),
    index: versionIndex(),
    webUrls: env().webUrls,
    edgeUrl: env().EDGE === 'none' ? undefined : env().edgeUrl,
    locales: LOCALES,
  }
  return freshnessCard(context, productId)
}

/** @param text of the search; empty for the newest edits */
export function readLedger(text: string): Promise<readonly Receipt[]> {
  return searchReceipts(db(), text)
}

/** A page of receipts, the newest first. */
export function readReceipts(filter: ReceiptFilter): Promise<ReceiptPage> {
  return listReceipts(db(), filter)
}

/** @returns undefined when there is no such version */
export async function readReceipt(filter: ReceiptFilter & { readonly version: number }): Promise<Receipt | undefined> {
  return (await readReceipts(filter)).receipts[0]
}

/** @returns undefined when there is no such row */
export function readCurrentVersion(kind: ResourceKind, id: number): Promise<number | undefined> {
  return currentVersion(db(), kind, id)
}

export interface AlertHistory {
  readonly open: readonly AlertRow[]
  readonly openCount: number
  readonly resolved: readonly AlertRow[]
}

/** The alerts that are open, at most 500, and the hundred that were resolved last. */
export async function readAlerts(): Promise<AlertHistory> {
  const [open, openCount, resolved] = await Promise.all([
    openAlerts(db(), MOST_LISTED),
    openAlertCount(db()),
    resolvedAlerts(db(), MOST_LISTED / 5),
  ])
  return { open, openCount, resolved }
}
