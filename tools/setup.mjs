/**
 * Runs before `npm start`, `npm test` and `npm run verify`, on a machine that may have nothing but Node,
 * npm and git: so it, and what it imports, uses Node's built-ins only and works on Node 20.19 as well.
 */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { prismaClient } from './setup/client.mjs'
import { environmentFile } from './setup/envFile.mjs'
import { packages } from './setup/install.mjs'
import { withLock } from './setup/lock.mjs'
import { checkMachine } from './setup/machine.mjs'
import { stopWithSentence } from './progress.mjs'

// Not import.meta.dirname: a Node that is too old to know it must get as far as the sentence that says so.
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

try {
  checkMachine(process.versions.node)
  mkdirSync(path.join(root, '.data'), { recursive: true })
  // `npm start` and `npm test` may be typed at the same moment; only one of them may install.
  await withLock(path.join(root, '.data/setup.lock'), async () => {
    await packages(root)
    await prismaClient(root)
    environmentFile(root)
  })
} catch (error) {
  stopWithSentence(error)
}
