import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { expect, it } from 'vitest'
import * as constants from './nextConstants.ts'
import * as formatUrl from './nextFormatUrl.ts'
import * as instantMessages from './nextInstantMessages.ts'
import * as interceptionRoutes from './nextInterceptionRoutes.ts'
import * as isrError from './nextIsrError.ts'
import * as utils from './nextUtils.ts'

const NEXT = path.join(path.dirname(createRequire(import.meta.url).resolve('next/package.json')), 'dist')
const APP = path.join(import.meta.dirname, '..')
/** Files of the Pages Router and of the development server: none of it is in a page of the shop. */
const ELSEWHERE = /^(dev\/|page-loader|index|route-loader|router|link\.js|resolve-|add-locale|form|with-router|script)/

const CLIENT = readdirSync(path.join(NEXT, 'client'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.js') && !ELSEWHERE.test(file))
  .map((file) => `client/${file}`)
const ROUTER = 'shared/lib/router/utils'

/** @returns the names that these files of Next read of a module which they ask for by `request` */
function readBy(files: readonly string[], request: string): string[] {
  const read = files.flatMap((file) => {
    const text = readFileSync(path.join(NEXT, file), 'utf8')
    const [, name] = new RegExp(`const (\\w+) = require\\("${request}"\\)`).exec(text) ?? []
    return name ? [...text.matchAll(new RegExp(`\\b${name}\\.(\\w+)`, 'g'))].map(([, property = '']) => property) : []
  })
  return [...new Set(read)].toSorted()
}

it.each([
  ['constants', constants, CLIENT, '[./]+/lib/constants'],
  ['utilities', utils, ['client/app-dir/link.js', `${ROUTER}/is-local-url.js`], '[./]+(?:shared/lib)?/?utils'],
  ['addresses', formatUrl, ['client/app-dir/link.js'], `[./]+/${ROUTER}/format-url`],
  ['errors of pages made ahead', isrError, ['client/components/error-boundary.js'], './handle-isr-error'],
  ['messages', instantMessages, CLIENT, '[./]+/shared/lib/instant-messages'],
  [
    'intercepting routes',
    interceptionRoutes,
    [...CLIENT, `${ROUTER}/get-segment-param.js`, `${ROUTER}/is-dynamic.js`],
    '[./a-z]*/interception-routes',
  ],
])('gives what Next reads of its %s in a browser, no less and no more', (_what, ours, files, request) => {
  expect(readBy(files, request)).toEqual(Object.keys(ours).toSorted())
})

it('gives the constants the values that Next gives them', () => {
  expect(createRequire(import.meta.url)('next/dist/lib/constants')).toMatchObject(constants)
})

it('leaves out what Next reads in development alone', () => {
  const text = readFileSync(path.join(NEXT, 'client/components/layout-router.js'), 'utf8')
  expect(text.match(/\(0, _apppaths\./g)).toHaveLength(1)
  expect(text).toMatch(/NODE_ENV !== 'production'\) \{[^}]*\} = require\([^}]*\(0, _apppaths\./)
})

it('has no intercepting route', () => {
  const folders = readdirSync(APP, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(folders.filter(({ name }) => name.startsWith('(.'))).toEqual([])
})
