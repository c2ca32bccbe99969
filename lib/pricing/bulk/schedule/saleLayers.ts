/**
 * The layers of a sale: a row for each product in sale_prices, there from its start to its end. Triggers show the price that
 * follows, in the transaction that lays or lifts a layer: docs/decisions/sales-as-layers.md.
 */
import { showMoney } from '#lib/money/money.ts'
import type { Transaction } from '../../transaction.ts'
import type { Chunk } from '../apply/applyChunk.ts'

interface Noted {
  readonly productId: number
  readonly currency: string
  readonly baseAmountMinor: number
  /** The version of the price that the preview saw; null where it is the one of now, or not known. */
  readonly plannedIn: string | null
}

/**
 * Locks the prices of a part, before its layers and in ascending order: as every other writer takes its locks.
 * @returns those whose base price was edited since the preview
 */
async function lockPending(tx: Transaction, editId: string, { after, last }: Chunk): Promise<Noted[]> {
  return tx.$queryRaw<Noted[]>`
    WITH locked AS MATERIALIZED (
      SELECT p.product_id, p.currency, p.base_amount_cents, p.base_version, r.previewed_version
      FROM bulk_edit_rows r JOIN prices p ON p.product_id = r.product_id
      WHERE r.bulk_edit_id = ${editId}::uuid AND r.state = 'pending' AND r.product_id > ${after} AND r.product_id <= ${last}
        AND p.product_id > ${after} AND p.product_id <= ${last}
      ORDER BY r.product_id FOR NO KEY UPDATE OF p)
    SELECT l.product_id AS "productId", l.currency, l.base_amount_cents AS "baseAmountMinor",
      (SELECT c.currency FROM price_changes c WHERE c.product_id = l.product_id AND c.version = l.previewed_version AND c.currency <> l.currency) AS "plannedIn"
    FROM locked l WHERE l.base_version > l.previewed_version ORDER BY l.product_id`
}

function remarkOn({ plannedIn, currency, baseAmountMinor }: Noted): string {
  return plannedIn === null
    ? `The base price was edited after the preview: it is ${showMoney(baseAmountMinor, { code: currency })} now. The sale price is the one that was planned.`
    : `The price is in ${currency} now, and the sale was planned in ${plannedIn}. Plan a sale for this product anew.`
}

/**
 * Lays the pending rows of a part over their base prices. A base price that was edited since the preview keeps no row back: the
 * sale lies over it. A row whose currency is another one by now is refused.
 */
export async function layPart(tx: Transaction, editId: string, saleId: string, part: Chunk): Promise<void> {
  const { after, last } = part
  const noted = await lockPending(tx, editId, part)
  if (noted.length > 0)
    await tx.$executeRaw`
      UPDATE bulk_edit_rows r SET message = said.remark, state = CASE WHEN said.refused THEN 'refused' ELSE r.state END
      FROM unnest(${noted.map(({ productId }) => productId)}::int[], ${noted.map(remarkOn)}::text[],
        ${noted.map(({ plannedIn }) => plannedIn !== null)}::boolean[]) said (product_id, remark, refused)
      WHERE r.bulk_edit_id = ${editId}::uuid AND r.product_id = said.product_id`
  await tx.$executeRaw`
    INSERT INTO sale_prices (sale_id, product_id, amount_cents, compare_at_cents)
    SELECT ${saleId}::uuid, r.product_id, r.new_amount_cents, r.new_compare_at_cents
    FROM bulk_edit_rows r JOIN prices p ON p.product_id = r.product_id
    WHERE r.bulk_edit_id = ${editId}::uuid AND r.state = 'pending' AND r.product_id > ${after} AND r.product_id <= ${last}
    ORDER BY r.product_id ON CONFLICT DO NOTHING`
  await tx.$executeRaw`
    UPDATE bulk_edit_rows r SET state = 'applied', applied_version = p.version
    FROM prices p WHERE r.bulk_edit_id = ${editId}::uuid AND r.state = 'pending' AND r.product_id > ${after} AND r.product_id <= ${last}
      AND p.product_id = r.product_id AND p.product_id > ${after} AND p.product_id <= ${last}`
}

/** Takes the layers of a part away, prices locked first. */
export async function liftPart(tx: Transaction, saleId: string, { after, last }: Chunk): Promise<void> {
  await tx.$executeRaw`
    SELECT count(*) FROM (
      SELECT p.product_id FROM sale_prices l JOIN prices p ON p.product_id = l.product_id
      WHERE l.sale_id = ${saleId}::uuid AND l.product_id > ${after} AND l.product_id <= ${last}
      ORDER BY p.product_id FOR NO KEY UPDATE OF p) locked`
  await tx.$executeRaw`
    DELETE FROM sale_prices WHERE sale_id = ${saleId}::uuid AND product_id > ${after} AND product_id <= ${last}`
}
