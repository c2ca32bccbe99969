/**
 * A wall clock for one process, which a test sets while the process runs; its monotonic clock is left alone. libfaketime
 * does this for most programs, but deadlocks with jemalloc, which Redis uses. For Linux.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import { compilerProgram } from '../../../tools/services/compilerProgram.ts'

export interface SettableClock {
  /** Variables for the process. */
  readonly environment: Readonly<Record<string, string>>
  /** From now on the clock is so many whole seconds before (negative) or after the machine's. */
  shift(seconds: number): void
}

/** @param folder for the library and for the file that the process maps */
export async function settableClock(folder: string): Promise<SettableClock> {
  if (process.platform !== 'linux') throw new Error(`no clock can be set for a process on ${process.platform}`)
  const compiler = await compilerProgram(AbortSignal.timeout(60_000))
  const library = path.join(folder, 'settableClock.so')
  const source = path.join(import.meta.dirname, 'settableClock.c')
  const args = ['-O2', '-Wall', '-Werror', '-shared', '-fPIC', '-o', library, source]
  const { status, stderr, error } = spawnSync(compiler, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${source} does not compile: ${stderr ?? ''}`, { cause: error })
  const file = path.join(folder, 'clock')
  writeFileSync(file, Buffer.alloc(8))
  const shift = (seconds: number) => {
    const value = Buffer.alloc(8)
    value.writeBigInt64LE(BigInt(seconds))
    const opened = openSync(file, 'r+')
    writeSync(opened, value, 0, value.length, 0) // in place: the process has mapped this very file
    closeSync(opened)
  }
  return { environment: { LD_PRELOAD: library, CLOCK_SHIFT_FILE: file }, shift }
}
