/** A file system of its own for one folder, in memory, which a test fills. For root on Linux. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

const BLOCKS = [1024 * 1024, 4096]

export interface SmallDisk {
  /** Returns when not a byte more fits. */
  fill(): Promise<void>
  /** There is room again. */
  free(): void
  /** With all that is on it: at once for those who look, and in fact when the last file is closed. */
  remove(): void
}

function command(...[program, ...args]: [string, ...string[]]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr ?? ''}`, { cause: error })
}

/** @param folder made where there is none; what lies in it is hidden until the disk is removed */
export function smallDisk(folder: string, megabytes: number): SmallDisk {
  mkdirSync(folder, { recursive: true })
  command('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'evergreen', folder)
  const ballast = path.join(folder, 'ballast')
  return {
    async fill() {
      await using file = await open(ballast, 'a')
      for (const size of BLOCKS) {
        try {
          for (;;) await file.write(Buffer.alloc(size, 1))
        } catch (error) {
          if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOSPC') throw error
        }
      }
    },
    free: () => rmSync(ballast, { force: true }),
    remove: () => command('umount', '--lazy', folder),
  }
}

/** Whether this process may make one. */
export function canMakeDisks(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const folder = mkdtempSync(path.join(tmpdir(), 'evergreen-disk-'))
  try {
    smallDisk(folder, 1).remove()
    return true
  } catch {
    return false // a container without the right to mount
  } finally {
    rmdirSync(folder)
  }
}
