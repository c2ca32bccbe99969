import type { PrismaClient } from '#lib/generated/prisma/client.ts'

/** @param named in their order, which is also that of their ranks, behind those of the seed */
export async function createNamedProducts(
  db: PrismaClient,
  named: readonly { readonly name: string; readonly names: object }[],
): Promise<void> {
  for (const [i, { name, names }] of named.entries())
    await db.product.create({
      data: {
        slug: `own-${i}`,
        sku: `OWN-${i}`,
        name,
        names,
        description: 'A name to look for.',
        brand: 'Odd & Ends',
        image: '/none.svg',
        rank: 2_000_000 + i,
        price: { create: { amountMinor: 1_000 + i, currency: 'EUR' } },
      },
    })
}
