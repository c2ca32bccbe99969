import { afterEach, describe, expect, test, vi } from 'vitest'
import { env } from './env.ts'
import { parseRedisUrl, withoutPasswords } from './redisAddress.ts'
import { stubEnvironment } from './testing/environment.ts'

const noAccount = { tls: false, username: undefined, password: undefined }

describe('an address of Redis', () => {
  test.each([
    ['redis://localhost', { kind: 'single', ...noAccount, hosts: [{ host: 'localhost', port: 6379 }], database: 0 }],
    [
      'rediss://me:p%40ss%2F@cache.example:7000/3',
      {
        kind: 'single',
        tls: true,
        username: 'me',
        password: 'p@ss/',
        hosts: [{ host: 'cache.example', port: 7000 }],
        database: 3,
      },
    ],
    [
      'redis://:secret@[::1]:6380/',
      { kind: 'single', ...noAccount, password: 'secret', hosts: [{ host: '::1', port: 6380 }], database: 0 },
    ],
    [
      'redis+sentinel://me:secret@a,b:26380,10.0.0.3/shop/2?sentinelUsername=watch&sentinelPassword=s%26',
      {
        kind: 'sentinel',
        tls: false,
        username: 'me',
        password: 'secret',
        hosts: [
          { host: 'a', port: 26_379 },
          { host: 'b', port: 26_380 },
          { host: '10.0.0.3', port: 26_379 },
        ],
        name: 'shop',
        database: 2,
        sentinelUsername: 'watch',
        sentinelPassword: 's&',
      },
    ],
    [
      'rediss+sentinel://a/shop',
      {
        kind: 'sentinel',
        ...noAccount,
        tls: true,
        hosts: [{ host: 'a', port: 26_379 }],
        name: 'shop',
        database: 0,
        sentinelUsername: undefined,
        sentinelPassword: undefined,
      },
    ],
    [
      'rediss+cluster://:secret@a:7000,b',
      {
        kind: 'cluster',
        ...noAccount,
        tls: true,
        password: 'secret',
        hosts: [
          { host: 'a', port: 7000 },
          { host: 'b', port: 6379 },
        ],
      },
    ],
  ])('%s is read', (text, address) => {
    expect(parseRedisUrl(text)).toEqual(address)
  })

  test.each([
    [
      'localhost:6379',
      'an address is redis://host:6379/0, redis+sentinel://host:26379,host:26379/name or redis+cluster',
    ],
    ['http://localhost', 'an address is redis://'],
    ['redis+proxy://a', 'an address is redis://'],
    ['redis://', 'the host is empty'],
    ['redis://a:port', 'the host, "a:port", has the port "port": write a whole number from 1 to 65535'],
    ['redis+cluster://a:7000,b:70000', 'host 2, "b:70000", has the port "70000"'],
    ['redis+cluster://a,,b', 'host 2 is empty: write a name or an address, and no comma where none follows'],
    ['redis+cluster://a,::1', 'host 2, "::1", is no name of a host and no address; an IPv6 address stands in brackets'],
    ['redis://a/first', 'the database is "first": write a whole number'],
    ['redis://a/0/1', '"/1" stands behind the database: leave it out'],
    ['redis://a,b', 'several hosts are Sentinels or a cluster: write redis+sentinel://host,host/name or redis+cluster'],
    ['redis+cluster://a,b/1', 'a Redis Cluster has database 0 only, and the address names "1": leave it out'],
    ['redis+sentinel://a,b', 'behind the Sentinels stands the name of the primary that they watch'],
    ['redis+sentinel://a/shop/x', 'the database is "x"'],
    ['redis+sentinel://a/shop?sentinelPasword=x', '"sentinelPasword" behind the question mark is not known'],
    ['redis://a?db=1', '"db" behind the question mark is not known: nothing is read there'],
    ['redis://me:100%@a', 'the password has a % that begins no code: write %25'],
    ['redis://me:a/b@host', 'in a name or password write / as %2F'],
  ])('%s is refused: %s', (text, message) => {
    expect(() => parseRedisUrl(text)).toThrow(message)
  })

  test.each(['redis://me:se:cret@h:x', 'redis://:secret%@a', 'redis://me:sec/ret@host', 'redis://me:secret@a,b'])(
    'the message about %s shows no password',
    (text) => {
      expect(() => parseRedisUrl(text)).toThrow(/^(?!.*(?:sec|cret))/)
    },
  )

  test.each([
    ['redis://me:se@cret@a/0', 'redis://me@a/0'],
    ['redis://:secret@a', 'redis://a'],
    [
      'redis+sentinel://me:secret@a,b/shop?sentinelPassword=x&sentinelUsername=y',
      'redis+sentinel://me@a,b/shop?sentinelPassword=…&sentinelUsername=y',
    ],
    ['redis+cluster://a:1,b:2', 'redis+cluster://a:1,b:2'],
  ])('%s is printed as %s', (text, shown) => {
    expect(withoutPasswords(text)).toBe(shown)
  })
})

describe('the environment', () => {
  afterEach(() => void vi.unstubAllEnvs())

  test('names the variable, the part of the address that is wrong and what to write', () => {
    stubEnvironment({ databaseUrl: 'postgresql://127.0.0.1/none', redisUrl: 'redis+cluster://a:7000,b:x' })
    vi.stubEnv('CACHE_REDIS_URL', 'redis+sentinel://a,b')
    expect(() => env()).toThrow(
      /REDIS_URL: host 2, "b:x", has the port "x": write a whole number.*\n.*CACHE_REDIS_URL: behind the Sentinels stands the name/,
    )
  })

  test('takes Sentinels and a cluster', () => {
    stubEnvironment({ databaseUrl: 'postgresql://127.0.0.1/none', redisUrl: 'rediss+sentinel://a,b/shop' })
    vi.stubEnv('CACHE_REDIS_URL', 'redis+cluster://a,b')
    expect(env()).toMatchObject({ REDIS_URL: 'rediss+sentinel://a,b/shop', CACHE_REDIS_URL: 'redis+cluster://a,b' })
  })
})
