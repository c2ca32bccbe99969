/** A Postgres that stands still (SIGSTOP), all of its processes, and keeps its connections. */
import pg from 'pg'

/** @param url of a superuser @returns lets it go on: it does what it was sent */
export async function freezePostgres(url: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined) // the server may be ended before it goes on
  await client.connect()
  const pids = async (text: string): Promise<number[]> =>
    (await client.query<{ pid: number }>(text)).rows.map(({ pid }) => pid)
  const processes = await pids(`SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid`)
  const send = (signal: NodeJS.Signals) => processes.forEach((pid) => process.kill(pid, signal))
  send('SIGSTOP') // from here on it begins no other process, and no number of one that ends is used again
  processes.push(...(await pids('SELECT pid FROM pg_stat_activity')))
  send('SIGSTOP')
  return async () => {
    send('SIGCONT')
    await client.end()
  }
}
