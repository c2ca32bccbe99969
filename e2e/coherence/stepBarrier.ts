/** Edits keep step with reads, so that a run is a number of operations on a machine of any speed. */
export class StepBarrier {
  #done = 0
  #ended = false
  #waiting: { readonly at: number; readonly go: () => void }[] = []

  get done(): number {
    return this.#done
  }

  step(): void {
    this.#done++
    if (this.#waiting.length > 0) this.#wake()
  }

  /** Releases every waiter, now and later. */
  end(): void {
    this.#ended = true
    this.#wake()
  }

  /** @returns true after so many more steps, false when the run has ended */
  async after(steps: number): Promise<boolean> {
    const at = this.#done + steps
    if (!this.#ended) await new Promise<void>((go) => this.#waiting.push({ at, go }))
    return !this.#ended
  }

  #wake(): void {
    const ready = this.#waiting.filter(({ at }) => this.#ended || at <= this.#done)
    if (ready.length === 0) return
    this.#waiting = this.#waiting.filter((one) => !ready.includes(one))
    for (const { go } of ready) go()
  }
}
