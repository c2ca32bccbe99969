/** The environment of a process that we start: no other secret of the shell or of `.env` reaches it. */
import { VARIABLES } from '#lib/platform/env.ts'
import { SECRETS, type ProcessKind } from '#lib/platform/secrets.ts'
import type { Environment } from './environment.ts'

/** The variables that programs and Node read of a machine. */
const SYSTEM =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|TERM|LANG|LC_\w+|TZ|TMPDIR|LD_LIBRARY_PATH|NODE_OPTIONS|NODE_COMPILE_CACHE|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR)|UV_THREADPOOL_SIZE|https?_proxy|HTTPS?_PROXY|no_proxy|NO_PROXY|PGSSL\w+)$/
/** The variable of a test run: the file of tools/testing/answerRecorder.mjs. */
const TESTS = ['PLACEHOLDERS_FOUND']

type Shell = Readonly<Record<string, string | undefined>>

function only(environment: Shell, isKept: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && isKept(entry[0]),
    ),
  )
}

/** For a program that is not ours, such as Redis. */
export function systemEnvironment(shell: Shell = process.env): NodeJS.ProcessEnv {
  return { ...only(shell, (name) => SYSTEM.test(name)), NODE_ENV: 'production' }
}

/** The user of Redis that this kind of process has for itself, where there is one. */
function ownRedis(kind: ProcessKind, environment: Environment): string | undefined {
  if (kind === 'web') return environment['REDIS_URL_WEB']
  return kind === 'worker' ? environment['REDIS_URL_WORKER'] : undefined
}

/**
 * @param environment with every secret
 * @returns what the machine says, every setting of the shop, and the secrets of the table in lib/platform/secrets.ts
 */
export function processEnvironment(
  kind: ProcessKind,
  environment: Environment,
  shell: Shell = process.env,
): NodeJS.ProcessEnv {
  const known = [...VARIABLES, ...TESTS]
  const redis = ownRedis(kind, environment)
  const own = redis === undefined ? environment : { ...environment, REDIS_URL: redis }
  return {
    ...systemEnvironment(shell),
    ...only(
      own,
      (name) =>
        SYSTEM.test(name) ||
        name.startsWith('NEXT_PUBLIC_') ||
        (known.includes(name) && (SECRETS[name]?.includes(kind) ?? true)),
    ),
    // Next would read .env itself.
    ...(kind === 'web' && { __NEXT_PROCESSED_ENV: 'true' }),
  }
}
