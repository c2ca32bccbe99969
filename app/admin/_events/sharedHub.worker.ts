/** The event hub of all tabs of a browser. Each tab sends the list of its topics whenever it changes, and first the lock that it holds. */
import { EventHub, type TabMessage } from './EventHub.ts'

const hub = new EventHub()

addEventListener('connect', (event) => {
  const port = event instanceof MessageEvent ? event.ports[0] : undefined
  if (!port) return
  const watch = (topics: readonly string[]) => hub.watch(port, topics, (news) => port.postMessage(news))
  port.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
    if (data.topics) watch(data.topics)
    // A tab that crashes says nothing more: the browser gives its lock to the next who asks.
    if (data.lock !== undefined) void navigator.locks.request(data.lock, () => watch([]))
  })
  port.start()
})
