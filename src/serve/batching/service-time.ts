const weight = 0.2

/** What a batch takes, learned from live traffic as an exponentially weighted mean. */
export class ServiceTime {
  #perBatchMs: number | undefined

  /** 0 until the first batch has ended: what is unknown refuses nobody. */
  get perBatchMs(): number {
    return this.#perBatchMs ?? 0
  }

  learn(durationMs: number): void {
    const known = this.#perBatchMs ?? durationMs
    this.#perBatchMs = known + weight * (durationMs - known)
  }
}
