export function ignore(): void {}

/** Does `work` when it is first called, and nothing after. */
export function once(work: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    work()
  }
}

/** Resolves when the event loop has seen to what else there is. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
