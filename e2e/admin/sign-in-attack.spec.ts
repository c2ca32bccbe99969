/** The attack that once locked the administrator out: wrong passwords under forged addresses. */
import { request } from 'node:http'
import { createAccount, type Account } from '../support/accounts.ts'
import { expect, test } from '../support/test.ts'
import { startEdgeShop, type EdgeShop } from '../edge/edgeShop.ts'

let edge: EdgeShop
test.beforeAll(async () => {
  edge = await startEdgeShop()
})
test.afterAll(() => edge.stop())

interface Attempt {
  readonly status: number
  readonly retryAfter: string | undefined
}

/** @param from the address of this machine that the connection comes from */
function attempt(
  url: string,
  account: Account,
  headers: Readonly<Record<string, string>> = {},
  from = '127.0.0.1',
): Promise<Attempt> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/api/auth/sign-in/email`, {
      method: 'POST',
      localAddress: from,
      agent: false,
      headers: { 'content-type': 'application/json', origin: edge.shop.url, ...headers },
    })
    asked.on('response', (answer) => {
      answer.resume()
      resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] })
    })
    asked.on('error', reject)
    asked.end(JSON.stringify(account))
  })
}

const forged = (i: number) => {
  const address = `198.51.100.${i}`
  return {
    'x-forwarded-for': `${address}, ${'9'.repeat(900)}, ${address}`,
    forwarded: `for=${address}`,
    'x-real-ip': address,
    'true-client-ip': address,
    'cf-connecting-ip': address,
    'x-edge-client-address': address,
    'x-edge-proof': '0'.repeat(64),
  }
}

async function attack(url: string, victim: Account): Promise<Attempt[]> {
  const attempts: Attempt[] = []
  for (let i = 1; i <= 110; i++)
    attempts.push(await attempt(url, { ...victim, password: 'a guess of a stranger' }, forged(i)))
  return attempts
}

for (const way of ['directly', 'through the local edge'] as const) {
  test(`counts 110 forged addresses as one, and lets the owner in from another, when the guesses come ${way}`, async () => {
    const owner = await createAccount(edge.shop.database, 'admin')
    const attempts = await attack(way === 'directly' ? edge.shop.url : edge.url, owner)
    const [guessed, refused] = [401, 429].map((wanted) => attempts.filter(({ status }) => status === wanted))
    expect([guessed?.length, refused?.length]).toEqual([10, 100])
    for (const { retryAfter } of refused ?? []) expect(Number(retryAfter)).toBeGreaterThan(0)
    expect((await attempt(edge.shop.url, owner, {}, '127.0.0.2')).status).toBe(200)
    const stored = await edge.shop.database.sql(
      "SELECT DISTINCT detail->>'address' AS address FROM audit_log WHERE actor = $1 ORDER BY 1",
      [owner.email],
    )
    expect(stored).toEqual([{ address: '127.0.0.1' }, { address: '127.0.0.2' }])
  })
}
