import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { step } from '../progress.mjs'
import { run } from './command.mjs'

/**
 * Generates the Prisma client when the schema, or Prisma itself, has changed.
 * @param {string} root
 */
export async function prismaClient(root) {
  const inputs = ['prisma/schema.prisma', 'prisma.config.ts', 'node_modules/prisma/package.json']
  const hash = createHash('sha256')
  for (const file of inputs) hash.update(readFileSync(path.join(root, file)))
  const wanted = hash.digest('hex')
  const stamp = path.join(root, 'lib/generated/prisma/.inputs')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return

  await step('Generating the database client', () =>
    run(path.join(root, 'node_modules/.bin/node'), ['node_modules/prisma/build/index.js', 'generate'], {
      cwd: root,
      // Generating needs no engine, but Prisma downloads one unless a variable names one: any file will do.
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' },
      failure: 'Prisma could not generate its client from prisma/schema.prisma.',
    }),
  )
  writeFileSync(stamp, wanted)
}
