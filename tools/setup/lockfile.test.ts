import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

interface Package {
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

test('the lockfile names the packages of every platform: npm ci refuses one that leaves some out', () => {
  const file = path.resolve(import.meta.dirname, '../../package-lock.json')
  const { packages }: { packages: Readonly<Record<string, Package>> } = JSON.parse(readFileSync(file, 'utf8'))
  const missing = Object.entries(packages).flatMap(([owner, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in packages) && !(`${owner}/node_modules/${name}` in packages),
    ),
  )
  expect(missing).toEqual([])
})
