import { expect, test } from 'vitest'
import { artByFile, artPath } from '#lib/catalog/art/index.ts'
import { GET } from './route.ts'

const path = artPath({ form: 'teapot', colour: 'indigo', variant: 3 })
const file = path.slice(path.lastIndexOf('/') + 1)

const get = (name: string) =>
  GET(new Request(`http://shop.example/images/products/${name}`), { params: Promise.resolve({ file: name }) })

test('a picture may be kept for ever, and opened by itself it runs and loads nothing', async () => {
  const response = await get(file)
  expect(response.status).toBe(200)
  expect(await response.text()).toBe(artByFile(file))
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'image/svg+xml; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
  })
})

test.each([file.replace(/\.[0-9a-f]{12}\./, '.000000000000.'), 'nothing.svg', '..%2Fsecret'])(
  '%s is not found, and that is not kept for ever',
  async (name) => {
    const response = await get(name)
    expect(response.status).toBe(404)
    expect(response.headers.get('cache-control')).toBe('public, max-age=60')
  },
)
