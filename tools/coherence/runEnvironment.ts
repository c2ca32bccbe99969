/** The environment of a run that edits prices: settings of the shell and of `.env`, and no store or address of theirs. */
import { ONE_NETWORK, readEnvironment, type Environment } from '../run/environment.ts'
import { NOT_INHERITED } from '../testing/environment.ts'

/** Never the stores of a shop that people use: the run edits prices. */
const NOT_FOR_A_RUN = [...NOT_INHERITED, 'INSTANCE_PORT']

/**
 * Takes what names a shop of people out of this process, too.
 * @param stores in place of those that the run starts
 */
export function runEnvironment(stores: Environment): Environment {
  for (const name of NOT_FOR_A_RUN) delete process.env[name]
  const given = Object.entries(readEnvironment()).filter(([name]) => !NOT_FOR_A_RUN.includes(name))
  return {
    CATALOG_SIZE: '300',
    ADMIN_EMAIL: 'admin@evergreen.example',
    LOG_LEVEL: 'warn',
    ...ONE_NETWORK,
    ...Object.fromEntries(given),
    ...stores,
  }
}
