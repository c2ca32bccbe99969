/** `npm run accounts -- list`: accounts from the shell, as Admin → Accounts has them. */
import { userInfo } from 'node:os'
import { parseArgs } from 'node:util'
import { shellPrincipal, type Principal } from '#lib/access/principal.ts'
import { AccountError } from '#lib/auth/errors.ts'
import { inviteAccount, type Link, newLink } from '#lib/auth/invitations.ts'
import {
  type AccountView,
  changeRole,
  deleteAccount,
  disableAccount,
  enableAccount,
  endSessions,
  listAccounts,
  resetTwoFactor,
} from '#lib/auth/manageAccounts.ts'
import { db } from '#lib/platform/db.ts'
import { say, SetupError, stopWithSentence } from '../tools/progress.mjs'
import { useRunningShop } from '../tools/run/runningShop.ts'

const USAGE = `Usage: npm run accounts -- COMMAND

  list                      every account with its role, its state and its open sessions
  invite EMAIL ROLE NAME    makes an account; prints the link with which its owner sets a password, once
  link EMAIL                another such link, for an invitation that has ended or a lost password
  role EMAIL ROLE           viewer, editor or admin
  disable EMAIL             ends its sessions and refuses its API tokens; its name stays in the history
  enable EMAIL              takes that back
  delete EMAIL              takes it away for good; its name stays in the log, its API tokens open nothing
  end-sessions EMAIL        signs it out everywhere
  reset-two-factor EMAIL    takes its second factor away, where authenticator and recovery codes are lost`

function lines(accounts: readonly AccountView[]): string {
  const cells = accounts.map(({ email, role, state, twoFactor, sessions }) => [
    email,
    role,
    state,
    twoFactor ? 'two factors' : 'password',
    `${sessions} open`,
  ])
  const width = (column: number) => Math.max(...cells.map((row) => row[column]?.length ?? 0))
  return cells
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(width(i) + 2))
        .join('')
        .trimEnd(),
    )
    .join('\n')
}

function linkLines({ account, url }: Link): string {
  return `${lines([account])}\nFor ${account.email}, once, until ${account.linkExpiresAt}: whose hands it comes into first sets the password.\n${url}`
}

type Command = (who: Principal, values: readonly string[]) => Promise<string>

interface Entry {
  /** The values behind the command. */
  readonly takes: readonly string[]
  readonly run: Command
}

const one = (run: (email: string, who: Principal) => Promise<AccountView>): Entry => ({
  takes: ['EMAIL'],
  run: async (who, [email = '']) => lines([await run(email, who)]),
})

const COMMANDS: Readonly<Record<string, Entry>> = {
  list: { takes: [], run: async (who) => lines(await listAccounts(who)) },
  invite: {
    takes: ['EMAIL', 'ROLE', 'NAME'],
    run: async (who, [email = '', role = '', name = '']) => linkLines(await inviteAccount({ email, role, name }, who)),
  },
  link: { takes: ['EMAIL'], run: async (who, [email = '']) => linkLines(await newLink(email, who)) },
  role: {
    takes: ['EMAIL', 'ROLE'],
    run: async (who, [email = '', role = '']) => lines([await changeRole(email, role, who)]),
  },
  disable: one(disableAccount),
  enable: one(enableAccount),
  delete: {
    takes: ['EMAIL'],
    run: async (who, [email = '']) => {
      await deleteAccount(email, who)
      return `${email} is deleted.`
    },
  },
  'end-sessions': one(endSessions),
  'reset-two-factor': one(resetTwoFactor),
}

function asked(): () => Promise<string> {
  const { positionals } = parseArgs({ allowPositionals: true })
  const [name = '', ...values] = positionals
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) throw new SetupError(name === '' ? USAGE : `There is no command "${name}".\n\n${USAGE}`)
  if (values.length !== command.takes.length)
    throw new SetupError(`Write: npm run accounts -- ${[name, ...command.takes].join(' ')}`)
  return () => command.run(shellPrincipal(userInfo().username), values)
}

try {
  const run = asked()
  useRunningShop()
  say(await run())
  await db().$disconnect()
} catch (error) {
  stopWithSentence(error instanceof AccountError ? new SetupError(error.message) : error)
  process.exit(1)
}
