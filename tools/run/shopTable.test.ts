import { expect, test } from 'vitest'
import { SECRETS } from '#lib/platform/secrets.ts'
import { shopTable } from './shopTable.ts'

const secrets = Object.fromEntries(Object.keys(SECRETS).map((name) => [name, `SECRET-${name}`]))
const shop = {
  url: 'http://localhost:3000',
  instances: ['http://127.0.0.1:3100'],
  edge: 'http://localhost:8787',
  environment: { ...secrets, ADMIN_EMAIL: 'me@shop.example' },
}

test('a start says the password of the administrator that it has made, and no other secret', () => {
  const said = shopTable(shop, { isFirst: true, logs: '.data/logs' })
  expect(said.match(/SECRET-\w+/g)).toEqual(['SECRET-ADMIN_PASSWORD'])
})

test('later starts say no secret', () => {
  const said = shopTable(shop, { isFirst: false, logs: '.data/logs' })
  expect(said).toContain('me@shop.example   with ADMIN_PASSWORD of .env, unless it was changed')
  expect(said).not.toContain('SECRET-')
})
