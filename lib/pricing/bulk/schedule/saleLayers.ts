/**
 * The layers of a sale: a row for each product in sale_prices, there from its start to its end. Triggers show the price that
 * follows, in the transaction that lays or lifts a layer: docs/decisions/sales-as-layers.md.
 */
import type { Prisma } from '#lib/generated/prisma/client.ts'
import { showMoney } from '#lib/money/money.ts'
import { confirmPrices } from '../../acknowledge.ts'
import { type ChangeContext, inPriceTransaction, refusalOf, type Transaction } from '../../transaction.ts'
import type { AppliedChunk, ApplyingEdit, Chunk } from '../apply/applyChunk.ts'
import { passGate } from '../apply/chunkGate.ts'
import { contextOf, lockEdit } from '../apply/finishEdit.ts'

interface Locked {
  readonly productId: number
  readonly currency: string
  readonly baseAmountMinor: number
  /** The base price was edited since the preview. */
  readonly moved: boolean
  /** Of the price that the preview saw; null where it is the one of now, or not known. */
  readonly plannedIn: string | null
}

/** Prices before layers, in ascending order: as every other writer takes its locks. */
async function lockPending(tx: Transaction, id: string, { after, last }: Chunk): Promise<Locked[]> {
  return tx.$queryRaw<Locked[]>`
    SELECT p.product_id AS "productId", p.currency, p.base_amount_cents AS "baseAmountMinor", p.base_version > r.previewed_version AS moved,
      (SELECT c.currency FROM price_changes c WHERE p.base_version > r.previewed_version AND c.product_id = r.product_id
        AND c.version = r.previewed_version AND c.currency <> p.currency) AS "plannedIn"
    FROM bulk_edit_rows r JOIN prices p ON p.product_id = r.product_id
    WHERE r.bulk_edit_id = ${id}::uuid AND r.state = 'pending' AND r.product_id > ${after} AND r.product_id <= ${last}
    ORDER BY r.product_id FOR NO KEY UPDATE OF p`
}

/** @returns what is said of a row; null: nothing */
function remarkOn({ moved, plannedIn, currency, baseAmountMinor }: Locked): string | null {
  if (plannedIn !== null)
    return `The price is in ${currency} now, and the sale was planned in ${plannedIn}. Plan a sale for this product anew.`
  return moved
    ? `The base price was edited after the preview: it is ${showMoney(baseAmountMinor)} now. The sale price is the one that was planned.`
    : null
}

/**
 * Lays the pending rows of a chunk over their base prices. A base price that was edited since the preview keeps no row back: the
 * sale lies over it. A row whose currency is another one by now is refused.
 * @throws as inPriceTransaction; nothing was written
 */
export async function layChunk(edit: ApplyingEdit & { readonly saleId: string }, chunk: Chunk): Promise<AppliedChunk> {
  const { id, saleId } = edit
  return inPriceTransaction(contextOf(edit), async (tx) => {
    await tx.$queryRaw`SELECT ${passGate(id)} IS NULL AS passed`
    if (!(await lockEdit(tx, id, 'SHARE'))) return { rows: 0, changed: [] }
    const rows = await lockPending(tx, id, chunk)
    const refused = rows.filter(({ plannedIn }) => plannedIn !== null)
    const laid = rows.filter(({ plannedIn }) => plannedIn === null)
    const ids = (some: readonly Locked[]) => some.map(({ productId }) => productId)
    await tx.$executeRaw`
      INSERT INTO sale_prices (sale_id, product_id, amount_cents, compare_at_cents)
      SELECT ${saleId}::uuid, product_id, new_amount_cents, new_compare_at_cents FROM bulk_edit_rows
      WHERE bulk_edit_id = ${id}::uuid AND product_id = ANY(${ids(laid)}::int[])
      ON CONFLICT DO NOTHING`
    const changed = await tx.$queryRaw<{ productId: number; version: bigint }[]>`
      UPDATE bulk_edit_rows r SET state = 'applied', applied_version = p.version, message = said.remark
      FROM prices p JOIN unnest(${ids(laid)}::int[], ${laid.map(remarkOn)}::text[]) said (product_id, remark) USING (product_id)
      WHERE r.bulk_edit_id = ${id}::uuid AND r.product_id = p.product_id
      RETURNING r.product_id AS "productId", p.version`
    if (refused.length > 0)
      await tx.$executeRaw`
        UPDATE bulk_edit_rows r SET state = 'refused', message = said.remark
        FROM unnest(${ids(refused)}::int[], ${refused.map(remarkOn)}::text[]) said (product_id, remark)
        WHERE r.bulk_edit_id = ${id}::uuid AND r.product_id = said.product_id`
    return { rows: rows.length, changed }
  })
}

const CHUNK_ROWS = 1_000

/** @returns how many of these prices Postgres refuses to take from the sale */
async function lift(context: ChangeContext, saleId: string, productIds: readonly number[]): Promise<number> {
  try {
    const shown = await inPriceTransaction(context, async (tx) => {
      await tx.$queryRaw`SELECT product_id FROM prices WHERE product_id = ANY(${[...productIds]}::int[]) ORDER BY product_id FOR NO KEY UPDATE`
      await tx.$executeRaw`DELETE FROM sale_prices WHERE sale_id = ${saleId}::uuid AND product_id = ANY(${[...productIds]}::int[])`
      return tx.$queryRaw<{ productId: number; version: bigint }[]>`
        SELECT product_id AS "productId", version FROM prices WHERE product_id = ANY(${[...productIds]}::int[])`
    })
    await confirmPrices(shown, context.correlationId)
    return 0
  } catch (error) {
    if (refusalOf(error) === undefined) throw error
    if (productIds.length === 1) return 1
    const half = Math.ceil(productIds.length / 2)
    return (
      (await lift(context, saleId, productIds.slice(0, half))) + (await lift(context, saleId, productIds.slice(half)))
    )
  }
}

/**
 * Takes the layers of a sale away, chunk by chunk; each is live as it commits. It can be killed anywhere and called again.
 * @returns how many layers there were, and how many of them Postgres refuses to take away, because of a constraint that is newer
 * @throws {PricesBusyError} when a row stays locked; call again
 */
export async function liftLayers(
  db: Pick<Prisma.TransactionClient, '$queryRaw'>,
  context: ChangeContext,
  saleId: string,
): Promise<{ lifted: number; refused: number }> {
  let [after, lifted, refused] = [0, 0, 0]
  for (;;) {
    const rows = await db.$queryRaw<{ productId: number }[]>`
      SELECT product_id AS "productId" FROM sale_prices WHERE sale_id = ${saleId}::uuid AND product_id > ${after} ORDER BY product_id LIMIT ${CHUNK_ROWS}`
    const last = rows.at(-1)
    if (!last) return { lifted, refused }
    const left = await lift(
      context,
      saleId,
      rows.map(({ productId }) => productId),
    )
    lifted += rows.length - left
    refused += left
    after = last.productId
  }
}
