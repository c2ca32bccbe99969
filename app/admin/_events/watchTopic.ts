/** Watches a topic for as long as the tab is shown, over one connection for all tabs of the browser. */
import { EventHub, type TabMessage, type Topic, type TopicNews } from './EventHub.ts'

export interface TopicListener {
  /** JSON, as it comes. */
  readonly value: (text: string) => void
  readonly connection?: (connected: boolean) => void
}

type SetTopics = (topics: readonly string[]) => void

const listeners = new Map<TopicListener, Topic>()
let setTopics: SetTopics | undefined

function notify(news: TopicNews): void {
  for (const [listener, topic] of listeners) {
    if ('connected' in news) listener.connection?.(news.connected)
    else if (news.topic === topic) listener.value(news.text)
  }
}

/** Where there are no shared workers, on phones above all, only one tab is shown at a time: it has a stream of its own. */
function connectHub(): SetTopics {
  if (typeof SharedWorker === 'undefined') {
    const hub = new EventHub()
    return (topics) => hub.watch(hub, topics, notify)
  }
  const { port } = new SharedWorker(new URL('./sharedHub.worker.ts', import.meta.url), { name: 'back office' })
  port.addEventListener('message', ({ data }: MessageEvent<TopicNews>) => notify(data))
  port.start()
  const say = (message: TabMessage) => port.postMessage(message)
  holdLock((lock) => say({ lock }))
  return (topics) => say({ topics })
}

/** @param held called with its name; not at all where a browser has no locks, as over plain HTTP */
function holdLock(held: (name: string) => void): void {
  if (!('locks' in navigator)) return
  const name = `back office tab ${crypto.randomUUID()}`
  const forEver = new Promise<void>(() => undefined)
  void navigator.locks.request(name, () => {
    held(name)
    return forEver
  })
}

function update(): void {
  const hidden = document.visibilityState === 'hidden'
  if (hidden) notify({ connected: false })
  setTopics?.(hidden ? [] : [...new Set(listeners.values())])
}

function leave(): void {
  setTopics?.([])
}

/** @returns a function that ends it */
export function watchTopic(topic: Topic, listener: TopicListener): () => void {
  if (!setTopics) {
    setTopics = connectHub()
    document.addEventListener('visibilitychange', update)
    window.addEventListener('pagehide', leave)
    window.addEventListener('pageshow', (event) => event.persisted && update())
  }
  listeners.set(listener, topic)
  update()
  return () => {
    listeners.delete(listener)
    update()
  }
}
