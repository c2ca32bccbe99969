/** `npm run prices -- …`: the bulk editor for the shell. `--help` says how. */
import { say } from '../tools/progress.mjs'
import { accessOf } from './prices/access.ts'
import { Client } from './prices/client.ts'
import { COMMANDS } from './prices/commands.ts'
import { EXIT, type ExitCode, RefusedError, UsageError } from './prices/errors.ts'
import { HELP } from './prices/help.ts'
import { readOptions } from './prices/options.ts'
import { terminalOf } from './prices/terminal.ts'

function complain(error: unknown): ExitCode {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\nnpm run prices -- --help says more.\n`)
    return EXIT.usage
  }
  if (!(error instanceof RefusedError)) throw error
  const more = error.issues.slice(1).map(({ field, message }) => `${field}: ${message}\n`)
  process.stderr.write(`${error.message}\n${more.join('')}`)
  return EXIT.refused
}

async function run(args: readonly string[]): Promise<ExitCode> {
  const { options, command } = readOptions(args)
  if (options.help || args.length === 0) {
    say(HELP)
    return options.help ? EXIT.done : EXIT.usage
  }
  return COMMANDS[command](new Client(accessOf(options.url)), options, terminalOf(options.json === true))
}

process.exitCode = await run(process.argv.slice(2)).catch(complain)
