import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

interface Package {
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly integrity?: string
  readonly license?: string
}

/**
 * None asks a shop that is built with it for more than to name it. LGPL: libvips, a library of its own behind sharp, which
 * Next brings and the shop does not use. MPL and EPL cover changes of their own files, and the shop changes none of these.
 */
const LICENCES = [
  'MIT',
  'MIT and ISC',
  '(MIT AND Zlib)',
  '(MIT OR Apache-2.0)',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'Apache-2.0 AND MIT',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'CC-BY-4.0',
  'Unlicense',
  'OFL-1.1',
  'MPL-2.0',
  'EPL-2.0',
  'LGPL-3.0-or-later',
  'Apache-2.0 AND LGPL-3.0-or-later',
  'Apache-2.0 AND LGPL-3.0-or-later AND MIT',
]
/** The lockfile names none; the file LICENSE in the package is MIT's, or BSD's of three clauses. */
const NAMED_IN_A_FILE = ['node_modules/seq-queue', 'node_modules/parse-cache-control']

describe.each(['package-lock.json', 'bench/package-lock.json'])('%s', (name) => {
  const file = path.resolve(import.meta.dirname, '../..', name)
  const { packages }: { packages: Readonly<Record<string, Package>> } = JSON.parse(readFileSync(file, 'utf8'))
  const { '': _project, ...locked } = packages

  test('names the packages of every platform: npm ci refuses one that leaves some out', () => {
    const missing = Object.entries(packages).flatMap(([owner, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in packages) && !(`${owner}/node_modules/${name}` in packages),
      ),
    )
    expect(missing).toEqual([])
  })

  test('has the checksum of every package, so that npm ci takes no other bytes', () => {
    const unchecked = Object.entries(locked).filter(([, { integrity = '' }]) => !integrity.startsWith('sha512-'))
    expect(unchecked.map(([place]) => place)).toEqual([])
  })

  test('has packages only of licences that were looked at', () => {
    const others = Object.entries(locked).filter(
      ([place, { license = '' }]) => !LICENCES.includes(license) && !NAMED_IN_A_FILE.includes(place),
    )
    expect(others.map(([place, { license }]) => `${place}: ${license}`)).toEqual([])
  })
})
