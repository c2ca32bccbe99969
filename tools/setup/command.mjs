import { spawn } from 'node:child_process'
import { SetupError } from '../progress.mjs'

const TAIL_LINES = 15

/**
 * Runs a program to its end and passes its output on line by line.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void, failure: string, signal?: AbortSignal }} options
 *   `failure` is the sentence to print when it does not succeed; `signal` ends it
 * @returns {Promise<string>} everything that it printed
 */
export async function run(program, args, { cwd, env = process.env, onLine, failure, signal }) {
  const child = spawn(program, args, { cwd, env: { NO_COLOR: '1', ...env }, stdio: ['ignore', 'pipe', 'pipe'], signal })
  let output = ''
  /** @param {Buffer} chunk */
  const collect = (chunk) => {
    output += chunk
    for (const line of String(chunk).split(/[\r\n]+/)) onLine?.(line)
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const ended = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : `exit ${code ?? signal}`))
  })
  if (ended !== undefined) {
    throw new SetupError(failure, [...output.trimEnd().split('\n').slice(-TAIL_LINES), `(${ended})`].join('\n'))
  }
  return output
}
