/** The users of the embedded Redis: one for each kind of process, with a password that follows from one on disk. */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Redis } from 'ioredis'
import { z } from 'zod'
import { KEY_PATTERNS } from '#lib/coherence/protocol/keys.ts'
import { REDIS_PATTERNS } from '#lib/platform/redisKeys.ts'

export type RedisUser = 'admin' | 'web' | 'worker' | 'shell' | 'bodies'
/** The server of queue and index, or the one of bodies. */
export type RedisPurpose = 'index' | 'bodies'

/** The version index, bodies and the queue. */
const SHARED = [...Object.values(KEY_PATTERNS), ...REDIS_PATTERNS.shared]
const BODIES = [KEY_PATTERNS.bodies, ...REDIS_PATTERNS.bodies]

/**
 * No KEYS, FLUSHALL, CONFIG, DEBUG, MONITOR, SHUTDOWN or replication: all of them are dangerous to Redis, too. INFO is, but says
 * whether the server is the one that holds the lease; CLIENT LIST is, but names the workers of a queue.
 */
const COMMANDS =
  '+@all -@admin -@dangerous -@pubsub -@scripting +eval +evalsha +script|load +script|exists +info +client|list -move -copy -randomkey'

const application = (patterns: readonly string[]) =>
  `resetchannels ${patterns.map((pattern) => `~${pattern}`).join(' ')} ${COMMANDS}`

const RIGHTS: Readonly<Record<RedisUser, string>> = {
  admin: '~* &* +@all',
  web: application([...SHARED, ...REDIS_PATTERNS.visitors, ...REDIS_PATTERNS.bodies]),
  worker: application(SHARED),
  // Purges and looks: what a worker may do.
  shell: application(SHARED),
  // All processes have the same rights: no key belongs to one process.
  bodies: application(BODIES),
}
const USERS: Readonly<Record<RedisPurpose, readonly RedisUser[]>> = {
  index: ['admin', 'web', 'worker', 'shell'],
  bodies: ['admin', 'bodies'],
}

function rootPassword(dataFolder: string): string {
  const file = path.join(dataFolder, 'redis.password')
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 })
  return readFileSync(file, 'utf8')
}

function passwordOf(user: RedisUser, dataFolder: string): string {
  return createHmac('sha256', rootPassword(dataFolder)).update(user).digest('base64url')
}

/** @returns the address of the embedded Redis for this user */
export function redisUrlOf(user: RedisUser, { dataFolder, port }: { dataFolder: string; port: number }): string {
  return `redis://${user}:${passwordOf(user, dataFolder)}@127.0.0.1:${port}/0`
}

/**
 * No connection can log in as a user that is off. Its rights are those with which Redis reads its own log when it starts: without them it
 * leaves out what a script wrote in several commands, such as a job (seen with 7.0.15).
 */
const DEFAULT_OFF = 'user default off ~* &* +@all'

/**
 * The text of an ACL file. It holds digests of the passwords.
 * @param isOpen whether a connection that names no user may do everything: tests flush and break what they use
 */
export function aclOf(purpose: RedisPurpose, dataFolder: string, isOpen: boolean): string {
  const named = USERS[purpose].map((user) => {
    const digest = createHash('sha256').update(passwordOf(user, dataFolder)).digest('hex')
    return `user ${user} on #${digest} ${RIGHTS[user]}`
  })
  return `${[isOpen ? 'user default on nopass ~* &* +@all' : DEFAULT_OFF, ...named].join('\n')}\n`
}

/**
 * @param url of a user that may ask: `admin`, or anyone of an open server
 * @returns a sentence for each command that the server has refused to a process of the shop
 */
export async function refusedByRedis(url: string): Promise<string[]> {
  const redis = new Redis(url)
  try {
    const entries = z.array(z.array(z.union([z.string(), z.number()]))).parse(await redis.acl('LOG'))
    return (
      entries
        .map((entry) =>
          Object.fromEntries(Array.from({ length: entry.length / 2 }, (_, i) => entry.slice(2 * i, 2 * i + 2))),
        )
        // Whether the server saves is asked at boot, and not known where the question is forbidden.
        .filter(
          ({ username, object }) =>
            (username === 'web' || username === 'worker' || username === 'bodies') && object !== 'config|get',
        )
        .map(({ username, reason, object, count }) => `${username}: ${reason} ${object}, ${count} times`)
    )
  } finally {
    redis.disconnect()
  }
}
