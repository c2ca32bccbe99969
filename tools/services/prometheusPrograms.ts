/** Prometheus and Alertmanager, for tests: as compose.yaml runs them, and as checks of their files. */
import { findProgram, systemProgram, type SystemProgram } from './systemPackage.ts'

interface Wanted extends Pick<SystemProgram, 'title' | 'packages' | 'howTo'> {
  readonly servers: readonly string[]
  readonly tool: string
}

const PROMETHEUS: Wanted = {
  title: 'Prometheus',
  packages: { 'apt-get': 'prometheus', dnf: 'golang-github-prometheus', apk: 'prometheus', brew: 'prometheus' },
  howTo: 'install it (Debian and Ubuntu: apt-get install prometheus)',
  servers: ['prometheus'],
  tool: 'promtool',
}
const ALERTMANAGER: Wanted = {
  title: 'Alertmanager',
  packages: {
    'apt-get': 'prometheus-alertmanager',
    dnf: 'golang-github-prometheus-alertmanager',
    apk: 'alertmanager',
  },
  howTo: 'install it (Debian and Ubuntu: apt-get install prometheus-alertmanager)',
  // Debian names the program after its package.
  servers: ['alertmanager', 'prometheus-alertmanager'],
  tool: 'amtool',
}

interface ServerWithTool {
  readonly server: string
  /** Checks the files of the server. */
  readonly tool: string
}

async function programs({ servers, tool, ...wanted }: Wanted, signal: AbortSignal): Promise<ServerWithTool> {
  const find = () =>
    findProgram(tool) === undefined ? undefined : servers.map(findProgram).find((file) => file !== undefined)
  return { server: await systemProgram({ ...wanted, find }, signal), tool: findProgram(tool) ?? tool }
}

/** @throws {SetupError} when it is missing and cannot be installed */
export const prometheusPrograms = (signal: AbortSignal) => programs(PROMETHEUS, signal)

/** @throws {SetupError} when it is missing and cannot be installed */
export const alertmanagerPrograms = (signal: AbortSignal) => programs(ALERTMANAGER, signal)
