import { Prisma } from '#lib/generated/prisma/client.ts'

/** When the base price of `pr` (prices) last changed: a sale that started or ended since raised the version alone. */
export const BASE_CHANGED_AT = Prisma.sql`COALESCE((SELECT c.changed_at FROM price_changes c
  WHERE c.product_id = pr.product_id AND c.version = pr.base_version), pr.version_updated_at)`
