import { SetupError } from '../progress.mjs'

/** The oldest Node that can run the set-up; everything after it runs on the Node that the lockfile brings. */
const OLDEST_NODE = { major: 20, minor: 19 }

/** @param {string} nodeVersion such as `20.19.0` */
export function checkMachine(nodeVersion) {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number)
  if (major < OLDEST_NODE.major || (major === OLDEST_NODE.major && minor < OLDEST_NODE.minor)) {
    throw new SetupError(
      `Node ${nodeVersion} is too old: install Node ${OLDEST_NODE.major}.${OLDEST_NODE.minor} or newer from https://nodejs.org and run the command again.`,
    )
  }
  if (process.platform === 'win32') {
    throw new SetupError(
      'Redis has no Windows build: run the command inside WSL (https://learn.microsoft.com/windows/wsl/install).',
    )
  }
}
