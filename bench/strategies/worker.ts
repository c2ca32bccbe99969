/** The writer's process: `worker.ts <strategy> <address as JSON>`. It is killed, so it is a process of its own. */
import { strategies } from './known/index.ts'
import { clockMs, type News, type Order } from './messages.ts'
import { openProcess, type Address } from './process.ts'
import type { Row } from './strategy.ts'

/** Each hundredth message is lost: this one first. */
const [ONE_IN, FIRST] = [100, 37]

const [name, json = ''] = process.argv.slice(2)
const strategy = strategies.find((candidate) => candidate.name === name)
if (!strategy) throw new Error(`there is no strategy ${name}`)
const address: Address = JSON.parse(json)

let loses = false
let sent = 0
/** The edit whose acceptance this process does not survive, by its first product. */
let fatal: number | undefined

function say(news: News): Promise<void> {
  return new Promise((resolve) => process.send?.(news, () => resolve()))
}

const running = await openProcess(address, {
  loses: () => loses && ++sent % ONE_IN === FIRST,
  async accepted(rows: readonly Row[]) {
    const at = clockMs()
    const dying = rows.some(({ id }) => id === fatal)
    const said = say({ kind: 'accepted', rows, at, dying })
    if (!dying) return
    await said
    process.kill(process.pid, 'SIGKILL')
  },
})
const writer = await strategy.writer(running)
setInterval(() => void say({ kind: 'queries', count: running.queries() }), 200)

process.on('message', (order: Order) => {
  loses = order.loses
  if (order.dies) fatal = order.ids[0]
  const began = clockMs()
  const written = (refused: boolean) => say({ kind: 'written', ids: order.ids, began, at: clockMs(), refused })
  void writer.write(order.ids).then(
    () => written(false),
    () => written(true),
  )
})
process.on('disconnect', () => process.exit())
await say({ kind: 'ready' })
