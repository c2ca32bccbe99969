/** The event hub of all tabs of a browser. Each tab sends the list of its topics whenever it changes. */
import { EventHub } from './EventHub.ts'

const hub = new EventHub()

addEventListener('connect', (event) => {
  const port = event instanceof MessageEvent ? event.ports[0] : undefined
  if (!port) return
  port.addEventListener('message', ({ data }: MessageEvent<string[]>) =>
    hub.watch(port, data, (news) => port.postMessage(news)),
  )
  port.start()
})
