import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { step } from '../progress.mjs'

/** @param {unknown} error */
const codeOf = (error) => (error instanceof Error && 'code' in error ? error.code : undefined)

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** @param {string} file */
function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    return false
  }
}

/** @param {string} file */
function dropIfAbandoned(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    if (!isAlive(pid)) rmSync(file, { force: true })
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

/**
 * Runs `work` while no other process of this machine does the same.
 * @param {string} file holds the pid of the owner; one whose owner has died is dropped
 * @param {() => Promise<void>} work
 */
export async function withLock(file, work) {
  if (!take(file)) {
    await step('Waiting for another set-up of this folder', async () => {
      while (!take(file)) {
        dropIfAbandoned(file)
        await wait(100)
      }
    })
  }
  try {
    await work()
  } finally {
    rmSync(file, { force: true })
  }
}
