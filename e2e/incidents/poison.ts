/** Changes entries of Redis past the shop. */
import type { Redis } from 'ioredis'
import { keys } from '#lib/coherence/index.ts'
import { decode, encode } from '#lib/coherence/store/codec.ts'
import { tag } from '#lib/coherence/tags.ts'
import { flatten, isFlatTemplate } from '#lib/coherence/template/flatTemplate.ts'
import type { Part } from '#lib/coherence/template/parts.ts'
import { partsOf } from '#lib/coherence/testing/templateParts.ts'

/** Writes another amount in place of the slot into each page of Redis that shows the product, as a program with access could. */
export async function poisonPages(redis: Redis, productId: number, amountCents: number): Promise<number> {
  const [prefix] = keys.bodyPrefixes
  let poisoned = 0
  for await (const names of redis.scanStream({ match: `${prefix}*`, count: 1_000 })) {
    for (const name of names) {
      const bytes = await redis.getBuffer(name)
      const entry = bytes && decode(bytes)
      if (!isPage(entry)) continue
      const { packed } = entry.value.content
      const html = decode(packed.get('html') ?? Buffer.alloc(0))
      const parts = isFlatTemplate(html) ? partsOf(html) : []
      if (!showsAmount(parts, productId)) continue
      packed.set('html', await encode(flatten(withAmount(parts, productId, amountCents - 1))))
      await redis.set(name, await encode(entry), 'EX', 3_600)
      poisoned++
    }
  }
  return poisoned
}

const isAmountOf = (part: Part, productId: number) =>
  'leaf' in part && part.leaf === 'amountMinor' && part.tags[0] === tag('price', productId)

const showsAmount = (parts: readonly Part[], productId: number) => parts.some((part) => isAmountOf(part, productId))

function withAmount(parts: readonly Part[], productId: number, amountCents: number): Part[] {
  return parts.map((part) => (isAmountOf(part, productId) ? Buffer.from(String(amountCents)) : part))
}

function isPage(entry: unknown): entry is { value: { content: { packed: Map<string, Buffer> } } } {
  if (typeof entry !== 'object' || entry === null || !('value' in entry)) return false
  const { value } = entry
  if (typeof value !== 'object' || value === null || !('content' in value)) return false
  const { content } = value
  return typeof content === 'object' && content !== null && 'packed' in content && content.packed instanceof Map
}
