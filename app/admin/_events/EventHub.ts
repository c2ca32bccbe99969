/** One event stream for all topics that are watched. A topic is a parameter of the address: `dashboard=15m`. */

export type Topic = `dashboard=${string}` | `edit=${string}`

/** `connected`: whether the stream flows. `text`: the newest value of the topic, as JSON. */
export type TopicNews = { readonly connected: boolean } | { readonly topic: string; readonly text: string }

/** Messages of a tab to the hub that it shares. */
export interface TabMessage {
  /** All that it watches from now on. */
  readonly topics?: readonly string[]
  /** Held by the tab for as long as it lives. */
  readonly lock?: string
}

const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 30_000
/** Tabs that open or leave together cost one connection. */
const SETTLE_MS = 50

interface Watcher {
  readonly topics: ReadonlySet<string>
  readonly listener: (news: TopicNews) => void
}

export class EventHub {
  readonly #watchers = new Map<object, Watcher>()
  readonly #newest = new Map<string, string>()
  #source: EventSource | undefined
  #address = ''
  #connected = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #retryMs = FIRST_RETRY_MS

  /** Sets the topics that `key` watches from now on; with none it is forgotten. */
  watch(key: object, topics: readonly string[], listener: Watcher['listener']): void {
    const before = this.#watchers.get(key)?.topics ?? new Set()
    if (topics.length === 0) this.#watchers.delete(key)
    else this.#watchers.set(key, { topics: new Set(topics), listener })
    for (const topic of topics) {
      const text = this.#newest.get(topic)
      if (text !== undefined && this.#connected && !before.has(topic)) listener({ topic, text })
    }
    this.#connectIn(SETTLE_MS)
  }

  #connectIn(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#connect(), ms)
  }

  #connect(): void {
    const topics = [...new Set([...this.#watchers.values()].flatMap((watcher) => [...watcher.topics]))].toSorted()
    const address = topics.length === 0 ? '' : `/api/admin/events?${topics.join('&')}`
    if (address === this.#address && (!this.#source || this.#source.readyState !== EventSource.CLOSED)) return
    this.#source?.close()
    this.#source = undefined
    this.#address = address
    for (const topic of this.#newest.keys()) if (!topics.includes(topic)) this.#newest.delete(topic)
    if (topics.length === 0) this.#connected = false
    else this.#source = this.#open(address, topics)
  }

  #open(address: string, topics: readonly string[]): EventSource {
    const source = new EventSource(address)
    source.addEventListener('open', () => {
      this.#retryMs = FIRST_RETRY_MS
      this.#setConnected(true)
    })
    for (const topic of topics) {
      source.addEventListener(topic, ({ data: text }: MessageEvent<string>) => {
        this.#newest.set(topic, text)
        for (const { topics: watched, listener } of this.#watchers.values())
          if (watched.has(topic)) listener({ topic, text })
      })
    }
    // All edits have ended. A tab that watches another one changes the address.
    source.addEventListener('end', () => source.close())
    source.addEventListener('error', () => {
      this.#setConnected(false)
      // The browser connects again by itself, unless it was refused.
      if (source.readyState !== EventSource.CLOSED) return
      this.#connectIn(this.#retryMs)
      this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS)
    })
    return source
  }

  #setConnected(connected: boolean): void {
    this.#connected = connected
    for (const { listener } of this.#watchers.values()) listener({ connected })
  }
}
