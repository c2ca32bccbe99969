import { createHash } from 'node:crypto'
import type { Client } from 'pg'

/**
 * One hash of everything that the seed decides, without ids and times: equal catalogs have equal hashes.
 */
export async function catalogContentHash(client: Client): Promise<string> {
  const hash = createHash('sha256')
  const { rows: products } = await client.query(
    `SELECT p.slug, p.sku, p.name, p.description, p.brand, p.colour, p.size, g.name AS group_name, g.names AS group_names,
            ARRAY(SELECT o.slug FROM products o WHERE o.group_id = p.group_id ORDER BY 1) AS group_members, p.names, p.descriptions, p.image, p.rank, pr.amount_cents, pr.compare_at_cents, pr.currency, pr.version, st.quantity,
            ARRAY(SELECT h.new_amount_cents FROM price_changes h WHERE h.product_id = p.id AND h.source = 'seed' ORDER BY h.version) AS history,
            ARRAY(SELECT c.slug FROM product_categories pc JOIN categories c ON c.id = pc.category_id WHERE pc.product_id = p.id ORDER BY 1) AS categories,
            ARRAY(SELECT o.slug FROM related_products r JOIN products o ON o.id = r.related_id WHERE r.product_id = p.id ORDER BY r.position) AS related
     FROM products p JOIN prices pr ON pr.product_id = p.id JOIN stock st ON st.product_id = p.id LEFT JOIN product_groups g ON g.id = p.group_id ORDER BY p.slug`,
  )
  const { rows: categories } = await client.query(
    `SELECT c.slug, c.kind, c.names, c.position, parent.slug AS parent,
            ARRAY(SELECT p.slug FROM category_cards l JOIN products p ON p.id = l.product_id WHERE l.category_id = c.id ORDER BY l.rank, p.slug) AS cards
     FROM categories c LEFT JOIN categories parent ON parent.id = c.parent_id ORDER BY c.slug`,
  )
  for (const row of [...categories, ...products]) hash.update(JSON.stringify(row))
  return hash.digest('hex')
}
