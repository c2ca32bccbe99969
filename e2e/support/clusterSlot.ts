import type { RedisNode } from './redisNode.ts'

/** @returns the slot of `key` */
export async function clusterSlot({ client }: RedisNode, key: string): Promise<number> {
  return Number(await client.cluster('KEYSLOT', key))
}
