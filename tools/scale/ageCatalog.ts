import type pg from 'pg'

const AGE = "interval '30 days'"

/** A catalog that was seeded a month ago, past the triggers: in one that is new, all prices have changed today. A tenth has a cost. @param client of a superuser */
export async function ageCatalog(client: pg.Client): Promise<void> {
  await client.query('SET session_replication_role = replica')
  await client.query(`UPDATE prices SET version_updated_at = version_updated_at - ${AGE},
    cost_cents = CASE WHEN product_id % 10 = 0 THEN base_amount_cents / 2 END`)
  await client.query(`UPDATE price_index SET version_updated_at = version_updated_at - ${AGE}`)
  await client.query(`UPDATE price_changes SET changed_at = changed_at - ${AGE}`)
  await client.query(`UPDATE outbox SET created_at = created_at - ${AGE}, done_at = done_at - ${AGE}`)
  await client.query('SET session_replication_role = DEFAULT')
}
