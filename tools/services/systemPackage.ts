import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { SetupError, step } from '../progress.mjs'
import { run } from '../setup/command.mjs'

/** @returns where the program is on PATH, also in the folders that a plain user's PATH leaves out */
export function findProgram(name: string): string | undefined {
  const folders = [
    ...(process.env['PATH'] ?? '').split(path.delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
    '/opt/homebrew/bin',
    '/snap/bin',
  ]
  return folders.map((folder) => path.join(folder, name)).find((file) => path.isAbsolute(file) && existsSync(file))
}

interface PackageManager {
  readonly program: string
  readonly needsRoot: boolean
  /** Each is run in turn. */
  readonly commands: (packageName: string) => readonly (readonly string[])[]
}

const MANAGERS: readonly PackageManager[] = [
  {
    program: 'apt-get',
    needsRoot: true,
    commands: (name) => [
      ['update', '-qq'],
      ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...name.split(' ')],
    ],
  },
  // Several names: releases differ in which they have, and `strict=0` passes over the ones that are missing.
  {
    program: 'dnf',
    needsRoot: true,
    commands: (names) => [['install', '-y', '--setopt=strict=0', ...names.split(' ')]],
  },
  { program: 'apk', needsRoot: true, commands: (name) => [['add', '--no-cache', name]] },
  { program: 'brew', needsRoot: false, commands: (name) => [['install', '--quiet', name]] },
]

/** The package's name by package manager. */
type PackageNames = Readonly<Partial<Record<string, string>>>

interface Usable {
  readonly manager: PackageManager
  readonly prefix: readonly string[]
}

/** The first package manager that can install without a question, with what to put before its command. */
function usableManager(names: PackageNames): Usable | undefined {
  for (const manager of MANAGERS) {
    if (names[manager.program] === undefined || findProgram(manager.program) === undefined) continue
    if (!manager.needsRoot || process.getuid?.() === 0) return { manager, prefix: [] }
    if (findProgram('sudo') !== undefined && spawnSync('sudo', ['-n', 'true']).status === 0)
      return { manager, prefix: ['sudo', '-n'] }
  }
  return undefined
}

interface InstallRequest {
  readonly onLine: (line: string) => void
  /** The sentence for the case that the package manager fails. */
  readonly failure: string
  readonly signal: AbortSignal
}

/** @throws {SetupError} with `failure` when the package manager cannot install it */
type Install = (request: InstallRequest) => Promise<void>

/**
 * Finds the command that installs a package with the system's package manager.
 * @returns undefined where that would take a question or a password
 */
function installerOf(names: PackageNames): Install | undefined {
  const usable = usableManager(names)
  return usable && ((request) => install(names[usable.manager.program] ?? '', usable, request))
}

/** The lists of packages are fetched once in the life of a process. */
let hasUpdated = false

async function install(
  name: string,
  { manager, prefix }: Usable,
  { onLine, failure, signal }: InstallRequest,
): Promise<void> {
  // Variables go through `env`, because sudo drops them. RUNLEVEL keeps Debian from starting a service by itself.
  const command = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', manager.program]
  for (const args of manager.commands(name)) {
    if (args[0] === 'update' && hasUpdated) continue
    const [program = '', ...rest] = [...command, ...args]
    await run(program, rest, { cwd: '/', onLine, failure, signal })
    hasUpdated = true
  }
}

export interface SystemProgram {
  /** As people call it. */
  readonly title: string
  readonly packages: PackageNames
  /** @returns the path of the program, undefined when it is not installed */
  readonly find: () => string | undefined
  /** The remedy for a person: the end of a sentence. */
  readonly howTo: string
  /** Runs once after an installation. */
  readonly installed?: () => void
}

/**
 * The program on this system; where it is missing, the system's package manager installs it.
 * @returns its path
 * @throws {SetupError} when it is missing and cannot be installed
 */
export async function systemProgram(wanted: SystemProgram, signal: AbortSignal): Promise<string> {
  const { title, packages, find, howTo } = wanted
  const install = find() === undefined ? installerOf(packages) : undefined
  if (install !== undefined) {
    const failure = `${title} is not installed and the package manager could not install it: ${howTo}.`
    await step(`Installing ${title} with the package manager of this system`, (onLine) =>
      install({ onLine, failure, signal }),
    )
    wanted.installed?.()
  }
  const program = find()
  if (program === undefined) {
    throw new SetupError(`${title} is not installed, and installing it here needs a password: ${howTo}.`)
  }
  return program
}
