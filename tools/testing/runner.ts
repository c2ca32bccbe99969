import { spawn } from 'node:child_process'
import path from 'node:path'
import { say, SetupError, step } from '../progress.mjs'
import { root, type Environment } from '../run/environment.ts'
import { run } from '../setup/command.mjs'
import { failed, PASSED, type Tally } from './tally.ts'

/** Runs a check that is one test: it holds or it does not. */
export async function check(
  title: string,
  args: readonly string[],
  environment: Environment,
  signal: AbortSignal,
): Promise<Tally> {
  let output = ''
  try {
    await step(title, () =>
      run(process.execPath, [...args], {
        cwd: root,
        env: { ...process.env, ...environment },
        onLine: (line) => (output += `${line}\n`),
        failure: `${title} failed.`,
        signal,
      }),
    )
    return PASSED
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    say(output)
    return failed(title)
  }
}

/** Runs a test runner with its output on this terminal. @returns whether it exited with 0 */
export async function runner(args: readonly string[], environment: Environment, signal: AbortSignal): Promise<boolean> {
  const child = spawn(process.execPath, [...args], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'inherit', 'inherit'],
    signal,
  })
  return new Promise((resolve) => {
    child.once('error', () => resolve(false))
    child.once('close', (code) => resolve(code === 0))
  })
}

/** A program of node_modules, by its path in there. */
export const program = (file: string): string => path.join(root, 'node_modules', file)
