import { expect, it } from 'vitest'
import { refusalOf } from './requestTarget.ts'

it.each([
  '/%',
  '/%zz',
  '/en/%E0%A4%A',
  '/en/products/%C3%28',
  '/en/products/%ED%A0%80',
  '/en/products/%FF',
  '/en/products/%00',
  '/en/categories/a%0d%0ab',
  '/en/products/%7f',
  '/en#x',
  '*',
  'en',
  'http://evil-stranger.example/en',
  '',
])('refuses the address %j', (target) => {
  expect(refusalOf('GET', target)).toMatchObject({ status: 400 })
})

it('refuses NUL in a query and names the parameter', () => {
  expect(refusalOf('GET', '/en/search?q=a%00b')).toMatchObject({ status: 400, field: 'q' })
  expect(refusalOf('GET', '/api/admin/audit?page=1&actor=%00')).toMatchObject({ status: 400, field: 'actor' })
  expect(refusalOf('GET', '/en/search?%00=1')).toMatchObject({ status: 400 })
})

it('refuses methods that no route can take', () => {
  expect(refusalOf('TRACE', '/api/prices')).toMatchObject({ status: 405 })
})

it.each(['/', '/en', '/en/search?q=50%25&x=%E0%A4%A', '/en/products/caf%C3%A9', '/en?a=b%23c', '/en/search?q=%2500'])(
  'lets %j through',
  (target) => {
    expect(refusalOf('GET', target)).toBeUndefined()
  },
)
