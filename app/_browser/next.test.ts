import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { expect, it } from 'vitest'
import * as ours from './nextConstants.ts'

const CLIENT = path.join(path.dirname(createRequire(import.meta.url).resolve('next/package.json')), 'dist/client')
/** Of the Pages Router and of the development server: none of it is in a page of the shop. */
const ELSEWHERE = /^(dev\/|page-loader|index|route-loader)/

it('gives what Next reads of its constants in a browser, no less and no more', () => {
  const files = readdirSync(CLIENT, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js') && !ELSEWHERE.test(file))
    .map((file) => readFileSync(path.join(CLIENT, file), 'utf8'))
    .filter((text) => /require\("[./]+\/lib\/constants"\)/.test(text))
  const read = files.flatMap((text) => {
    const [, name = ''] = /const (\w+) = require\("[./]+\/lib\/constants"\)/.exec(text) ?? []
    return [...text.matchAll(new RegExp(`\\b${name}\\.(\\w+)`, 'g'))].map(([, constant]) => constant)
  })
  expect(files.length).toBeGreaterThan(0)
  expect([...new Set(read)]).toEqual(Object.keys(ours))
})
