import { SetupError } from '../progress.mjs'

/** The errors of a Postgres that cannot start, with their remedies. The first match is printed. */
const KNOWN: readonly (readonly [RegExp, (dataFolder: string) => string])[] = [
  [
    /No space left on device[\s\S]*shared memory|shared memory[\s\S]*No space left on device/,
    () =>
      'Postgres finds no room in shared memory: end other Postgres servers, or start the container with a larger one, as in docker run --shm-size=256m.',
  ],
  [
    /could not create shared memory segment|could not map anonymous shared memory|Cannot allocate memory/,
    () => 'There is not enough memory for Postgres: it needs about 200 MB.',
  ],
  [/could not create semaphores/, () => 'The machine has no semaphores left for Postgres: end other Postgres servers.'],
  [/No space left on device/, (folder) => `The disk that holds ${folder} is full.`],
  [/Address already in use/, () => 'Another program took the port of Postgres a moment ago: run the command again.'],
  [
    /lock file "postmaster.pid" already exists|pre-existing shared memory block/,
    (folder) =>
      `Another Postgres uses ${folder}: stop it, or remove ${folder}/postgres/cluster/postmaster.pid if there is none.`,
  ],
  [
    /error while loading shared libraries|GLIBC|cannot execute|ENOENT/,
    () =>
      'The embedded Postgres does not run on this system (it needs glibc): set DATABASE_URL to a server of your own.',
  ],
  [/Permission denied|EACCES/, (folder) => `Postgres may not use ${folder}: check who owns it.`],
]

/** @param output what Postgres or initdb has written */
export function explainPostgres(output: string, dataFolder: string): SetupError {
  const found = KNOWN.find(([pattern]) => pattern.test(output))
  const tail = output.trimEnd().split('\n').slice(-15).join('\n')
  return new SetupError(found?.[1](dataFolder) ?? 'Postgres could not be started.', tail)
}
