import { beforeEach, expect, it, vi } from 'vitest'
import { stubEnvironment } from './testing/environment.ts'

beforeEach(() => {
  vi.resetModules() // the environment is parsed once
  stubEnvironment({ databaseUrl: 'postgresql://127.0.0.1/none', redisUrl: 'redis://127.0.0.1:1' })
})

async function publicUrl(url: string): Promise<string> {
  vi.stubEnv('PUBLIC_URL', url)
  const { env } = await import('./env.ts')
  return env().PUBLIC_URL
}

it.each(['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000', 'https://shop.example'])(
  'takes %s as the address that a browser types',
  async (url) => {
    expect(await publicUrl(url)).toBe(url)
  },
)

it.each(['http://shop.example', 'http://192.0.2.7:3000', 'http://localhost.evil.example'])(
  'refuses %s, and says that an address off this machine needs https',
  async (url) => {
    await expect(publicUrl(url)).rejects.toThrow(/PUBLIC_URL: .* needs https/)
  },
)

it('takes roles that need a second factor, and refuses what is no role', async () => {
  vi.stubEnv('SECOND_FACTOR_FOR', 'admin, editor')
  expect((await import('./env.ts')).env().SECOND_FACTOR_FOR).toEqual(['admin', 'editor'])
  vi.resetModules()
  vi.stubEnv('SECOND_FACTOR_FOR', 'owner')
  const { env } = await import('./env.ts')
  expect(() => env()).toThrow(/SECOND_FACTOR_FOR.*viewer, editor, admin/)
})

it.each(['many', '0', '1.5'])('refuses %s as the size of the catalog, and says what it takes', async (size) => {
  const { problemsIn } = await import('./env.ts')
  expect(problemsIn({ CATALOG_SIZE: size })).toEqual(['CATALOG_SIZE: takes a whole number from 1 to 5,000,000'])
  expect(problemsIn({ CATALOG_SIZE: '1' })).toEqual([])
})
